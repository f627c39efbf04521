/** Answers as Infrahub writes them. */

export type InfrahubVersion = '1.11.9' | '1.2.11';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Uint8Array;
}

/** JSON with this status. */
export function json(body: unknown, status = 200, headers: Answer['headers'] = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** The error envelope of the REST interface. */
export function restError(status: number, message: unknown, headers: Answer['headers'] = {}): Answer {
  return json({ data: null, errors: [{ message, extensions: { code: status } }] }, status, headers);
}

/** What FastAPI answers to input of the wrong shape: not the envelope of all other errors. */
export function invalidInput(...detail: readonly unknown[]): Answer {
  return json({ detail }, 422);
}

/** An exception that nobody caught. */
export function unhandled(): Answer {
  return { status: 500, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Internal Server Error' };
}

/** A node that is not there. */
export function notFound(id: string | undefined, kind: string): Answer {
  return restError(404, `Unable to find the node ${id ?? 'None'} / ${kind} in the database.`);
}
