/** Objects as people name them: `Deployment shop/web` as plans do, or `deployment/web` as kubectl does. */
import type { ObjectReference } from './manifest.ts';

export interface ObjectName {
  /** As it was written: small letters mean the same as large ones. */
  readonly kind: string;
  readonly group?: string;
  readonly namespace?: string;
  readonly name: string;
}

/** `Deployment.apps shop/web`, with or without group and namespace. Nothing when the text names no object. */
export function parseObjectName(text: string): ObjectName | undefined {
  const match = /^([A-Za-z][\w]*)(?:\.([\w.-]+))?(?: +(?:([^/\s]+)\/)?([^/\s]+)|\/([^/\s]+))$/.exec(text.trim());
  if (!match) return undefined;
  const [, kind = '', group, namespace, spaced, slashed] = match;
  const name = spaced ?? slashed ?? '';
  return { kind, name, ...(group && { group }), ...(namespace && { namespace }) };
}

/** Whether that is the name of an object; what the name leaves out may be anything. */
export function isNamed({ kind, group, namespace, name }: ObjectName, reference: ObjectReference): boolean {
  return (
    reference.kind.toLowerCase() === kind.toLowerCase() &&
    reference.name === name &&
    (group === undefined || reference.group === group) &&
    (namespace === undefined || reference.namespace === namespace)
  );
}
