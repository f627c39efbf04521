/** GET and POST /api/query/{name or id}, and POST /graphql. */

import { type Answer, invalidInput, json, notFound, restError, unhandled } from './infrahub-answer.ts';
import { execute, type GraphqlError } from './infrahub-graphql.ts';
import { parseOperation } from './infrahub-graphql-syntax.ts';
import { type DoubleRequest, momentOf, refusedCaller, type World } from './infrahub-request.ts';

const ownParameters = ['branch', 'at', 'update_group', 'subscribers'];

/** A stored query: with GET every other parameter is a variable, with POST the body names them. */
export function storedQuery(world: World, request: DoubleRequest, name: string): Answer {
  const moment = momentOf(world, request.query.get('branch') || 'main', request.query);
  if ('refused' in moment) return restError(moment.status, moment.refused);
  const refused = refusedCaller(world, request);
  if (refused) return refused;
  const variables = request.method === 'GET' ? queryVariables(request.query) : bodyVariables(world, request.body);
  if ('refused' in variables) return variables.refused as Answer;
  const query = world.state.queries.find((candidate) => candidate.id === name || candidate.name === name);
  if (!query || query.createdAt > moment.at) {
    // 1.2 prints the Python class and not its name.
    const kind = world.version === '1.11.9' ? 'CoreGraphQLQuery' : "<class 'infrahub.core.protocols.CoreGraphQLQuery'>";
    return notFound(name, kind);
  }
  const operation = parseOperation(query.text);
  if (!operation) return unhandled();
  const result = execute(operation, variables, viewOf(world, moment));
  return 'data' in result ? json({ data: result.data }) : queryFailure(query.name, result.errors);
}

/** 502 with a message that is an object. */
function queryFailure(name: string, errors: readonly GraphqlError[]): Answer {
  const [first] = errors;
  return restError(502, {
    message: `GraphQLQuery ${name}: ${first?.message}`,
    path: null,
    locations: first?.locations,
  });
}

/** A parameter that comes twice counts as it comes last. */
function queryVariables(query: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries([...query].filter(([name]) => !ownParameters.includes(name)));
}

/** 1.2 takes nothing but strings. */
function bodyVariables(world: World, body: string): Record<string, unknown> | { refused: Answer } {
  if (body === '') return {};
  let variables: Record<string, unknown>;
  try {
    variables = (JSON.parse(body) as { variables?: Record<string, unknown> }).variables ?? {};
  } catch {
    const ctx = { error: 'Expecting value' };
    return {
      refused: invalidInput({ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {}, ctx }),
    };
  }
  const wrong = Object.entries(variables).filter(
    ([, value]) => world.version === '1.2.11' && typeof value !== 'string',
  );
  if (wrong.length === 0) return variables;
  const msg = 'Input should be a valid string';
  return {
    refused: invalidInput(
      ...wrong.map(([name, input]) => ({ type: 'string_type', loc: ['body', 'variables', name], msg, input })),
    ),
  };
}

/** Raw GraphQL. Its errors come with status 200, and an unknown branch as a plain string. */
export function graphql(world: World, request: DoubleRequest, branchName: string): Answer {
  if (request.method !== 'POST') return unhandled();
  const caller = world.accounts.authenticate(request.caller);
  if ('refused' in caller) return graphqlFailure(world, 401, caller.refused, expiredCode(caller.refused));
  if (!world.state.branches.has(branchName)) return json({ errors: [`Branch: ${branchName} not found.`] }, 404);
  const moment = momentOf(world, branchName, request.query);
  if ('refused' in moment)
    return graphqlFailure(world, moment.status, moment.refused, { code: 'UNDEFINED_ERROR', data: {} });
  const { query, variables } = JSON.parse(request.body) as {
    query: string;
    variables?: Record<string, unknown> | null;
  };
  const operation = parseOperation(query);
  if (!operation) return unhandled();
  if (!caller.authenticated && (!world.accounts.anonymousAllowed || operation.kind !== 'query')) {
    const words = 'Authentication is required to perform this operation';
    return graphqlFailure(world, 401, words, { code: 'AUTHENTICATION_REQUIRED', data: {} });
  }
  const result = execute(operation, variables ?? {}, viewOf(world, moment));
  if ('data' in result) return json({ data: result.data });
  const extensions = world.version === '1.11.9' && {
    extensions: { code: 'UNDEFINED_ERROR', http_status: 500, data: {} },
  };
  return json({ data: null, errors: result.errors.map((error) => ({ ...error, ...extensions })) });
}

function expiredCode(words: string): { code: string; data: object } {
  return words === 'Expired Signature'
    ? { code: 'TOKEN_EXPIRED', data: { expired_at: null } }
    : { code: 'AUTHENTICATION_REQUIRED', data: {} };
}

function graphqlFailure(world: World, status: number, message: string, newer: { code: string; data: object }): Answer {
  const { code, data } = newer;
  const extensions = world.version === '1.11.9' ? { code, http_status: status, data } : { code: status };
  return json({ data: null, errors: [{ message, extensions }] }, status);
}

function viewOf(world: World, moment: { branch: string; at: number }) {
  return {
    version: world.version,
    deployment: world.deployment,
    branches: [...world.state.branches.values()],
    artifacts: world.state.artifacts(moment.branch, moment.at),
  };
}
