/** An API server's refusal as a VidraError: by HTTP status and reason; text is shown, and read only for who holds a field. */
import { type ErrorCode, VidraError } from '../errors.ts';
import type { FieldConflict } from './cluster.ts';
import type { Refusal, Status } from './refusal.ts';

/** The Status in an answer's body, or its text as the message when it holds none (a proxy's page, for instance). */
export function parseStatus(body: string): Status {
  try {
    const value = JSON.parse(body);
    if (value && value.kind === 'Status') return value;
  } catch {
    // Not JSON: the text itself is all there is.
  }
  return { message: body.slice(0, 300).trim() };
}

/** `subject` names the object or the request. */
export function statusError(httpStatus: number, status: Status, subject: string): VidraError {
  const cause: Refusal = { httpStatus, status };
  return new VidraError(codeOf(httpStatus, status.reason), status.message || `HTTP status ${httpStatus}`, {
    subject,
    cause,
  });
}

/** The answer, unless it is a refusal: then it throws. */
export function checked<T extends { readonly status: number; readonly body: string }>(answer: T, subject: string): T {
  if (answer.status < 300) return answer;
  throw statusError(answer.status, parseStatus(answer.body), subject);
}

function codeOf(httpStatus: number, reason: string | undefined): ErrorCode {
  if (httpStatus === 401) return 'CLUSTER_UNAUTHORIZED';
  if (httpStatus === 403) return 'CLUSTER_FORBIDDEN';
  if (httpStatus === 404) return 'NOT_FOUND';
  if (httpStatus === 405 || httpStatus === 415) return 'KIND_UNSUPPORTED';
  if (httpStatus === 429) return 'CLUSTER_FAILED';
  // A manifest that does not fit the schema comes as 500 without a reason; with one, the server itself has failed.
  if (httpStatus < 500 || (httpStatus === 500 && !reason)) return 'CLUSTER_REFUSED';
  return 'CLUSTER_FAILED';
}

/** The fields and managers of a 409 of server-side apply, sorted; none when the 409 has another cause. */
export function fieldConflicts(status: Status): FieldConflict[] {
  const causes = status.details?.causes ?? [];
  return causes
    .filter((cause) => cause.reason === 'FieldManagerConflict')
    .map((cause) => ({ field: cause.field ?? '', ...holderOf(cause.message ?? '') }))
    .sort((a, b) => compare(a.field, b.field) || compare(a.manager, b.manager));
}

// By code units, so that it is the same everywhere.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Reads `conflict with "manager" with subresource "scale" using apps/v1`; no other part of the answer says it. */
function holderOf(message: string): { manager: string; subresource?: string } {
  const [manager, subresource] = message.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  if (manager === undefined) return { manager: message };
  return subresource !== undefined && message.includes(`${manager} with subresource `)
    ? { manager: unquote(manager), subresource: unquote(subresource) }
    : { manager: unquote(manager) };
}

function unquote(text: string): string {
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(1, -1);
  }
}
