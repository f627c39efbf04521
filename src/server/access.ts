/** Who may read the metrics: bearer tokens that the API server knows, of whoever has the right `get` on the path there. */
import { createHash } from 'node:crypto';
import type { Cluster } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import type { JsonObject } from '../manifest/manifest.ts';
import type { Question, Reply } from './server.ts';

type Route = (question: Question) => Reply | Promise<Reply>;

/** Milliseconds that a verdict holds, so that few requests come from many. */
const usualValidMs = 10_000;
const mostVerdicts = 1_000;
const mostReviews = 8;

/** A route for those alone who may read `path`. Throws what the API server's answer to the review is. */
export function guarded(cluster: Cluster, path: string, route: Route, validMs = usualValidMs): Route {
  const verdicts = new Map<string, { readonly until: number; readonly refusal: Promise<Reply | undefined> }>();
  let reviews = 0;
  const refusalOf = (token: string): Promise<Reply | undefined> | Reply => {
    const id = createHash('sha256').update(token).digest('base64');
    const known = verdicts.get(id);
    if (known && performance.now() < known.until) return known.refusal;
    if (reviews >= mostReviews) return { status: 429, body: 'too many tokens at once\n' };
    if (verdicts.size >= mostVerdicts) verdicts.clear();
    reviews++;
    const refusal = review(cluster, path, token).finally(() => reviews--);
    verdicts.set(id, { until: performance.now() + validMs, refusal });
    // What could not be found out is asked again.
    refusal.catch(() => verdicts.delete(id));
    return refusal;
  };
  return async (question) => {
    const [, token] = /^bearer +(\S+)$/i.exec(question.authorization) ?? [];
    const refusal = token ? await refusalOf(token) : unauthorized;
    return refusal ?? route(question);
  };
}

const unauthorized: Reply = { status: 401, body: 'a bearer token of the cluster is needed\n' };

async function review(cluster: Cluster, path: string, token: string): Promise<Reply | undefined> {
  const { authenticated, user } = await ask(cluster, 'authentication.k8s.io', 'TokenReview', { token });
  if (authenticated !== true) return unauthorized;
  const { username, uid, groups, extra } = user as JsonObject;
  const nonResourceAttributes = { path, verb: 'get' };
  const spec = { user: username, uid, groups, extra, nonResourceAttributes };
  const { allowed } = await ask(cluster, 'authorization.k8s.io', 'SubjectAccessReview', spec);
  return allowed === true ? undefined : { status: 403, body: `${username} may not get ${path}\n` };
}

async function ask(cluster: Cluster, group: string, kind: string, spec: JsonObject): Promise<JsonObject> {
  const type = cluster.typeOf({ group, version: 'v1', kind });
  if (!type) throw new VidraError('KIND_UNKNOWN', `the cluster does not serve ${kind}`, { subject: cluster.server });
  const review = { apiVersion: `${group}/v1`, kind, metadata: { name: '' }, spec };
  return ((await cluster.create(type, review))?.['status'] ?? {}) as JsonObject;
}
