/** Which part of the double answers which path. */

import { type Answer, json } from './infrahub-answer.ts';
import { publicConfig } from './infrahub-config.ts';
import { artifactContent, storageObject } from './infrahub-content-routes.ts';
import { graphql, storedQuery } from './infrahub-query-routes.ts';
import type { DoubleRequest, World } from './infrahub-request.ts';

interface Route {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
  readonly answer: (world: World, request: DoubleRequest, parameter: string) => Answer;
}

const routes: readonly Route[] = [
  {
    pattern: /^\/api\/auth\/login$/,
    methods: ['POST'],
    answer: ({ accounts }, { contentType, body }) => accounts.login(contentType, body),
  },
  {
    pattern: /^\/api\/auth\/refresh$/,
    methods: ['POST'],
    answer: ({ accounts }, { caller }) => accounts.refresh(caller),
  },
  {
    pattern: /^\/api\/auth\/logout$/,
    methods: ['POST'],
    answer: ({ accounts }, { caller }) => accounts.logout(caller),
  },
  { pattern: /^\/api\/query\/([^/]+)$/, methods: ['GET', 'POST'], answer: storedQuery },
  { pattern: /^\/api\/artifact\/([^/]+)$/, methods: ['GET'], answer: artifactContent },
  { pattern: /^\/api\/storage\/object\/([^/]+)$/, methods: ['GET'], answer: storageObject },
  {
    pattern: /^\/graphql(?:\/(.+))?$/,
    methods: ['GET', 'POST'],
    answer: (world, request, branch) => graphql(world, request, branch || 'main'),
  },
  {
    pattern: /^\/api\/info$/,
    methods: ['GET'],
    answer: ({ deployment, version }) => json({ deployment_id: deployment, version }),
  },
  {
    pattern: /^\/api\/config$/,
    methods: ['GET'],
    answer: ({ version, address, accounts }) => json(publicConfig(version, address(), accounts.anonymousAllowed)),
  },
];

/** The answer to one request. */
export function route(world: World, request: DoubleRequest): Answer {
  for (const { pattern, methods, answer } of routes) {
    const match = pattern.exec(request.path);
    if (!match) continue;
    if (methods.includes(request.method)) return answer(world, request, match[1] ?? '');
    return json({ detail: 'Method Not Allowed' }, 405, { allow: methods.join(', ') });
  }
  return json({ detail: 'Not Found' }, 404);
}
