/** What a field means, in words for schemas and documentation. */
import type { Rule } from './rule.ts';

/** Sentences; empty where nothing is said. */
export function describeRule(rule: Rule): string {
  const { description = '' } = rule;
  if (rule.type !== 'choice') return description;
  const choices = Object.entries(rule.choices).flatMap(([word, meaning]) => (meaning ? [`${word}: ${meaning}`] : []));
  return [description, ...choices].join(' ').trim();
}
