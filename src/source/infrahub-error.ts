/** What Infrahub says when it refuses: every shape of its error answers, as one VidraError. */

import { type ErrorCode, VidraError } from '../errors.ts';
import type { HttpAnswer } from './http-message.ts';

const longestMessage = 500;

/** An answer that is not the wanted one, as an error with Infrahub's own words. `what` names the request for people. */
export function answerError(answer: HttpAnswer, subject: string, what: string): VidraError {
  const said = messageOf(answer);
  const words = said ? `: ${said}` : '';
  return new VidraError(codeFor(answer.status, said), `${what} was answered with status ${answer.status}${words}`, {
    subject,
  });
}

function codeFor(status: number, said: string): ErrorCode {
  if (status === 401 || status === 403) return 'SOURCE_UNAUTHORIZED';
  if (status === 404 || isUnknownBranch(said)) return 'SOURCE_NOT_FOUND';
  if (status === 502 && said.startsWith('GraphQLQuery ')) return 'SOURCE_REFUSED';
  if (status === 429 || status >= 500) return 'SOURCE_FAILED';
  return status < 400 ? 'SOURCE_INVALID_ANSWER' : 'SOURCE_REFUSED';
}

/** A branch that does not exist: 400 from REST, 404 from GraphQL, the same words. */
export function isUnknownBranch(said: string): boolean {
  return /^Branch: .+ not found$/.test(said);
}

/** A 5xx that will come again: the stored query itself is wrong. */
export function isPermanent(answer: HttpAnswer): boolean {
  return answer.status === 502 && messageOf(answer).startsWith('GraphQLQuery ');
}

/** Infrahub's own words, on one line, cut at 500 characters, without a full stop; empty when it said nothing that can be read. */
export function messageOf(answer: Pick<HttpAnswer, 'contentType' | 'body'>): string {
  if (isHtml(answer)) return 'a web page and no answer of the API';
  const text = new TextDecoder().decode(answer.body.subarray(0, 65_536));
  let said = text;
  try {
    said = errorMessages(JSON.parse(text)).join('; ');
  } catch {
    if (answer.contentType === 'application/json') said = '';
  }
  return oneLine(said, longestMessage).replace(/\.$/, '');
}

/** A text from outside, fit for a message: one line, without control characters, cut at `longest`. */
export function oneLine(text: string, longest: number): string {
  const line = text.replace(/[\s\p{C}]+/gu, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** The texts in `errors` (strings, objects, objects whose message is an object) or `detail` of a parsed answer. */
export function errorMessages(answer: unknown): string[] {
  const { errors, detail } = record(answer);
  const list = Array.isArray(errors) ? errors : Array.isArray(detail) ? detail : detail === undefined ? [] : [detail];
  return list.map(oneMessage).filter((message) => message !== '');
}

function oneMessage(error: unknown): string {
  if (typeof error === 'string') return error;
  const { message, msg, loc } = record(error);
  if (typeof message === 'object') return oneMessage(message);
  if (typeof message === 'string') return message;
  if (typeof msg !== 'string') return '';
  return Array.isArray(loc) ? `${loc.join('.')}: ${msg}` : msg;
}

/** Whether this is the page of a user interface, a login portal or a proxy. */
export function isHtml(answer: Pick<HttpAnswer, 'contentType' | 'body'>): boolean {
  if (answer.contentType === 'text/html') return true;
  const start = new TextDecoder().decode(answer.body.subarray(0, 512));
  return /^\s*<(!doctype\s+html|html[\s>])/i.test(start.replace(/^\uFEFF/, ''));
}

/** The value as a record of unknowns, empty when it is none. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
