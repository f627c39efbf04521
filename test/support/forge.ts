/** A server with the comments of one pull request of GitHub and of one merge request of GitLab, for tests. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Forge {
  readonly address: string;
  /** Texts of all comments, by their ids from 1. */
  readonly comments: Map<number, string>;
  /** Method and path of each request. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Comments are only for who has the token. */
export async function startForge(token: string): Promise<Forge> {
  const comments = new Map<number, string>();
  const requests: string[] = [];
  /** Nobody may change what others wrote. */
  const posted = new Set<number>();
  let address = '';
  const paths = {
    list: /^(\/repos\/o\/r\/issues\/7\/comments|\/projects\/3\/merge_requests\/7\/notes)$/,
    one: /^(?:\/repos\/o\/r\/issues\/comments|\/projects\/3\/merge_requests\/7\/notes)\/(\d+)$/,
  };
  const server = createServer((request, response) => {
    void answer(request).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  const answer = async (request: IncomingMessage): Promise<[number, unknown]> => {
    const { pathname } = new URL(request.url ?? '/', address);
    const method = request.method ?? '';
    requests.push(`${method} ${pathname}`);
    const given = [request.headers.authorization, request.headers['private-token']];
    if (!given.includes(`Bearer ${token}`) && !given.includes(token)) return [401, { message: 'Bad credentials' }];
    const text = await textOf(request);
    const shown = ([id, body]: [number, string]) => {
      const user = { login: posted.has(id) ? 'github-actions[bot]' : 'octocat' };
      return { id, body, user, url: `${address}/repos/o/r/issues/comments/${id}` };
    };
    if (paths.list.test(pathname) && method === 'GET') return [200, [...comments].map(shown)];
    if (paths.list.test(pathname) && method === 'POST') {
      posted.add(comments.size + 1);
      comments.set(comments.size + 1, text);
      return [201, {}];
    }
    const id = Number(paths.one.exec(pathname)?.[1]);
    if (!posted.has(id) || (method !== 'PATCH' && method !== 'PUT')) return [404, { message: 'Not Found' }];
    comments.set(id, text);
    return [200, {}];
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { address, comments, requests, close };
}

/** GitHub takes JSON, GitLab a form. */
async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  if (text.startsWith('{')) return (JSON.parse(text) as { body: string }).body;
  return new URLSearchParams(text).get('body') ?? '';
}
