/** Texts that occur in several places of definitions. */
import type { TextRule } from './rule.ts';

export const text = { type: 'text', filled: true } as const satisfies TextRule;

export const url = {
  type: 'text',
  pattern: /^(http|https):\/\/[a-zA-Z0-9.-]+(:[0-9]+)?(?:\/[a-zA-Z0-9-]+)*$/,
  example: 'https://infrahub.example.com',
} as const satisfies TextRule;

export const namespaceName = {
  type: 'text',
  longest: 63,
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  example: 'vidra-system',
} as const satisfies TextRule;

export const objectName = {
  type: 'text',
  longest: 253,
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  example: 'web-servers (a-z, 0-9, - and .)',
} as const satisfies TextRule;

/** Brackets come in pairs and hold something; JSON pointers and JSONPath begin otherwise. */
export const path = {
  type: 'text',
  pattern: /^([^[\]/$\s]|\[("(\\.|[^"\\])*"|[^"\]])+\])([^[\]]|\[("(\\.|[^"\\])*"|[^"\]])+\])*$/,
  example: 'spec.template.spec.containers[name=web].image',
} as const satisfies TextRule;

/** A part of a hundred. */
export const sharePattern = /^(100|[1-9]?[0-9])%$/;
