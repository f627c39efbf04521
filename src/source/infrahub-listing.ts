/** Which artifacts exist: by raw GraphQL where that is allowed, else by the stored query. */

import { VidraError } from '../errors.ts';
import type { HttpAnswer } from './http-message.ts';
import type { InfrahubClient } from './infrahub-client.ts';
import { answerError, errorMessages, isHtml, isUnknownBranch, messageOf, record } from './infrahub-error.ts';
import { type Listing, readRows } from './infrahub-rows.ts';

export interface ListingRequest {
  readonly artifactName: string;
  readonly branch: string;
  /** The stored query's name or id. */
  readonly queryName: string;
  /** An absolute instant; now when absent. */
  readonly at: string | undefined;
}

const graphqlQuery =
  'query VidraArtifacts($name: String!) { CoreArtifact(name__value: $name) { count edges { node { id name { value } ' +
  'status { value } checksum { value } object { node { display_label } } } } } }';

/** The artifacts of this name on this branch. Throws SOURCE_NOT_FOUND for an unknown branch or stored query. */
export async function listArtifacts(
  client: InfrahubClient,
  wanted: ListingRequest,
  signal: AbortSignal,
): Promise<Listing> {
  if (client.graphqlRefused !== undefined) return listStored(client, wanted, signal);
  const answer = await askGraphql(client, wanted, signal);
  const refusal = refusalOf(answer);
  if (refusal === undefined) return readRows(dataOf(answer, client.address), wanted.artifactName, client.address);
  try {
    const listing = await listStored(client, wanted, signal);
    client.graphqlRefused = refusal;
    return listing;
  } catch (error) {
    if (!(error instanceof VidraError) || error.code === 'INTERRUPTED') throw error;
    throw new VidraError(error.code, `${error.message} Raw GraphQL was refused before: ${refusal}`, { cause: error });
  }
}

function askGraphql(
  client: InfrahubClient,
  { branch, artifactName, at }: ListingRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  return client.send({
    method: 'POST',
    path: `/graphql/${encodeURIComponent(branch)}`,
    query: at === undefined ? {} : { at },
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: graphqlQuery, variables: { name: artifactName } }),
    signal,
  });
}

/** GET, since an anonymous POST is refused; `artifactname` is a scalar, since 1.2 takes no list. */
async function listStored(client: InfrahubClient, wanted: ListingRequest, signal: AbortSignal): Promise<Listing> {
  const { branch, artifactName, queryName, at } = wanted;
  const answer = await client.send({
    method: 'GET',
    path: `/api/query/${encodeURIComponent(queryName)}`,
    query: { branch, ...(at !== undefined && { at }), artifactname: artifactName },
    signal,
  });
  if (answer.status !== 200 || isHtml(answer))
    throw answerError(answer, client.address, `The stored query ${queryName}`);
  const subject = `${client.address}, stored query ${queryName}`;
  return readRows(dataOf(answer, client.address), artifactName, subject);
}

/** Why raw GraphQL is closed to this client: no permission, not routed, or a schema without these fields. */
function refusalOf(answer: HttpAnswer): string | undefined {
  const said = messageOf(answer);
  if (isHtml(answer)) return said;
  if (answer.status === 404 && isUnknownBranch(said)) return undefined;
  if ([401, 403, 404, 405].includes(answer.status)) return said || `status ${answer.status}`;
  if (answer.status !== 200) return undefined;
  const errors = record(parse(answer))['errors'];
  const refused = Array.isArray(errors) && errors.some(isRefusal);
  return refused ? said : undefined;
}

function isRefusal(error: unknown): boolean {
  const { message, extensions } = record(error);
  const { code, http_status: status } = record(extensions);
  const forbidden = [code, status].some((value) => value === 401 || value === 403);
  return forbidden || (typeof message === 'string' && /^(Cannot query field|Unknown (argument|type))/.test(message));
}

/** The `data` of a good answer. GraphQL reports errors with status 200. */
function dataOf(answer: HttpAnswer, subject: string): unknown {
  if (answer.status !== 200) throw answerError(answer, subject, 'The list of artifacts');
  const parsed = parse(answer);
  const said = errorMessages(parsed);
  if (said.length > 0)
    throw new VidraError('SOURCE_REFUSED', `the list of artifacts failed: ${messageOf(answer)}`, { subject });
  return record(parsed)['data'];
}

function parse(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(answer.body));
  } catch {
    return undefined;
  }
}
