/** Refusals with a way out, told by the words of their causes: fields that never change, and what another object has already. */
import { refusalOf } from './refusal.ts';

/** How the messages of causes end when a field is immutable. The refused value, which comes first, may hold anything. */
const immutable: readonly RegExp[] = [
  /: field is immutable( when `immutable` is set)?$/,
  /: may not change once set$/,
  /: may not be changed in an update\.?$/,
  /: cannot change roleRef$/,
  /^Forbidden: updates to [^"{}]+ are forbidden\.?$/,
  /^Forbidden: pod updates may not [^"{}]+/,
  // Of volumes, with a list of differences behind it.
  /^Forbidden: \S+ is immutable after creation\b/,
  // As authors of custom resources write it, and what the server says when they write nothing.
  /: [^:"{}\n]*\b(is|are) immutable\b[^:"{}\n]*$/i,
  /: failed rule: self == oldSelf$/,
];

const taken: readonly RegExp[] = [/: provided port is already allocated$/];

/** The fields for which the server refuses to update an object; nothing when there is any other reason, too. */
export function immutableFields(error: unknown): readonly string[] | undefined {
  return fieldsOf(error, immutable);
}

/** The fields that ask for what another object has; nothing when there is any other reason, too. */
export function takenFields(error: unknown): readonly string[] | undefined {
  return fieldsOf(error, taken);
}

function fieldsOf(error: unknown, patterns: readonly RegExp[]): readonly string[] | undefined {
  const { httpStatus, status } = refusalOf(error) ?? {};
  const causes = status?.details?.causes ?? [];
  if (httpStatus !== 422 || status?.reason !== 'Invalid' || causes.length === 0) return undefined;
  const isMeant = ({ message = '' }) => patterns.some((pattern) => pattern.test(message));
  return causes.every(isMeant) ? [...new Set(causes.map(({ field = '' }) => field))] : undefined;
}
