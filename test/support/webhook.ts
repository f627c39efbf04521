/** A real admission webhook: an HTTPS server in the test, and its configuration, which holds in one namespace only. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import type { Cluster, Reference } from './cluster.ts';
import { store } from './etcd.ts';
import { waitFor } from './wait-for.ts';

/** What comes with a review, as far as tests look at it. */
export interface Review {
  readonly uid: string;
  readonly operation: string;
  readonly dryRun?: boolean;
  readonly namespace?: string;
  readonly name?: string;
  readonly object?: unknown;
  readonly oldObject?: unknown;
}

export interface Webhook {
  /** The name that the API server puts into its messages. */
  readonly name: string;
  /** Everything that was asked. */
  readonly reviews: readonly Review[];
  close(): Promise<void>;
}

export interface WebhookOptions {
  readonly sideEffects: 'None' | 'NoneOnDryRun' | 'Unknown' | 'Some';
  readonly answer?: (review: Review) => { readonly allowed: boolean; readonly status?: object };
  /** What it changes of each object. */
  readonly patch?: (review: Review) => readonly object[];
  /** The server is gone, and the configuration stays. */
  readonly dead?: boolean;
}

/** Sees what is created and changed in the namespace, and returns when the API server asks it. */
export async function startWebhook(
  cluster: Cluster,
  namespace: string,
  { sideEffects, answer = () => ({ allowed: true }), patch, dead = false }: WebhookOptions,
): Promise<Webhook> {
  const pair = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const reviews: Review[] = [];
  const server = createServer({ cert: pair.cert, key: pair.private }, (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { apiVersion, kind, request } = JSON.parse(Buffer.concat(chunks).toString());
      reviews.push(request);
      outgoing.setHeader('content-type', 'application/json');
      const change = patch && Buffer.from(JSON.stringify(patch(request))).toString('base64');
      const patched = change === undefined ? {} : { patchType: 'JSONPatch', patch: change };
      outgoing.end(
        JSON.stringify({ apiVersion, kind, response: { uid: request.uid, ...answer(request), ...patched } }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  if (dead) await close();
  const name = `hook.${namespace}.example.org`;
  const configuration = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: patch ? 'MutatingWebhookConfiguration' : 'ValidatingWebhookConfiguration',
    metadata: { name: namespace },
    webhooks: [
      {
        name,
        admissionReviewVersions: ['v1'],
        sideEffects: sideEffects === 'NoneOnDryRun' ? sideEffects : 'None',
        failurePolicy: 'Fail',
        timeoutSeconds: 5,
        clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: Buffer.from(pair.cert).toString('base64') },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [
          {
            apiGroups: ['*'],
            apiVersions: ['*'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['*'],
            scope: 'Namespaced',
          },
        ],
      },
    ],
  };
  const created = await cluster.create(configuration as Reference);
  // Since 1.22 nobody can make webhooks with side effects; those of before are still there.
  if (sideEffects === 'Some' || sideEffects === 'Unknown') {
    const [hook] = configuration.webhooks;
    const old = { ...created, webhooks: [{ ...(created['webhooks'] as object[])[0], ...hook, sideEffects }] };
    await store(cluster.kubeconfig, 'validatingwebhookconfigurations', namespace, old);
  }
  // The API server hears of a webhook some moments after it was made.
  await waitFor('the webhook to be asked', async () => {
    const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe', namespace } };
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const { status } = await cluster.request('POST', path, { body: probe, query: { dryRun: 'All' } });
    return status >= 300 || reviews.length > 0;
  });
  reviews.length = 0;
  return {
    name,
    reviews,
    close: async () => {
      await cluster.remove(configuration);
      if (!dead) await close();
    },
  };
}
