/** Revisions as Secrets in Vidra's namespace: what they hold may be secret. The facts are in the metadata of the first one. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { createWithNamespace } from '../cluster/namespace.ts';
import { VidraError } from '../errors.ts';
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import { ownerOf } from '../manifest/owner.ts';
import { packContent, unpackContent } from './content.ts';
import type { History, Revision } from './history.ts';

const label = 'vidra.infrahub.operators.com/history';
const factsAnnotation = 'vidra.infrahub.operators.com/revision';
/** Two processes that add at the same time take turns; more than these do not meet. */
const attempts = 10;

interface Facts extends Revision {
  /** How many Secrets hold it. */
  readonly chunks: number;
}

/** `namespace` is Vidra's own; it may be missing where records are not kept in it. */
export async function connectHistory(home: Cluster, namespace: string): Promise<History> {
  const secrets = secretType(home);
  const identity = await home.identity();
  const idOf = (owner: string) => ownerOf(owner, identity).id;
  const listAll = async (owner?: string) => {
    const labelSelector = owner === undefined ? label : `${label}=${idOf(owner)}`;
    return home.listMetadata(secrets, { namespace, labelSelector });
  };
  const nameOf = (owner: string, number: number, chunk: number) => `vidra-history-${idOf(owner)}-${number}-${chunk}`;

  const remove = async (objects: readonly ObjectMetadata[]) => {
    await Promise.all(objects.map(({ reference, uid }) => home.remove(secrets, reference, { uid })));
  };
  const write = async (facts: Facts, chunks: readonly Buffer[]): Promise<boolean> => {
    // The first one makes it a revision, so it comes last: half a revision is none.
    for (const index of chunks.keys()) {
      const chunk = chunks.length - 1 - index;
      const name = nameOf(facts.owner, facts.number, chunk);
      const content = (chunks[chunk] as Buffer).toString('base64');
      const secret = secretOf({ name, namespace, content, facts, chunk, id: idOf(facts.owner) });
      if (!(await createWithNamespace(home, secrets, secret))) return false;
    }
    return true;
  };

  return {
    list: async (owner) => revisionsIn(await listAll(owner)).map(({ chunks: _, ...revision }) => revision),
    async read({ owner, number }) {
      const facts = revisionsIn(await listAll(owner)).find((one) => one.number === number);
      if (!facts) return undefined;
      const names = Array.from({ length: facts.chunks }, (_, chunk) => nameOf(owner, number, chunk));
      const found = await Promise.all(names.map((name) => home.get(secrets, { ...secrets, namespace, name })));
      return unpackContent(found.map(contentOf), `revision ${number} of ${owner}`);
    },
    async add(revision, content) {
      const all = await listAll(revision.owner);
      const chunks = packContent(content);
      let number = Math.max(0, ...all.map(({ reference }) => numberIn(reference.name))) + 1;
      for (let attempt = 1; !(await write({ number, ...revision, chunks: chunks.length }, chunks)); attempt++) {
        if (attempt === attempts)
          throw new VidraError('INVENTORY_CONTESTED', 'its history changes all the time', { subject: revision.owner });
        number++;
      }
      const numbers = [...revisionsIn(all).map((one) => one.number), number].sort((a, b) => b - a);
      const oldest = numbers[content.policy.historyLimit - 1] ?? 0;
      await remove(all.filter(({ reference }) => numberIn(reference.name) < oldest));
      return { number, ...revision };
    },
    async keepUntil({ owner, number }, keptUntil) {
      const secret = await home.get(secrets, { ...secrets, namespace, name: nameOf(owner, number, 0) });
      const text = secret?.metadata.annotations?.[factsAnnotation];
      if (!secret || text === undefined) return;
      const facts: Facts = { ...readFacts(text), keptUntil };
      const annotations = { ...secret.metadata.annotations, [factsAnnotation]: JSON.stringify(facts) };
      // Whoever changed it meanwhile has seen that the owner is gone, or has it back.
      await home.replace(secrets, { ...secret, metadata: { ...secret.metadata, annotations } });
    },
    forget: async (owner) => remove(await listAll(owner)),
  };
}

function secretType(home: Cluster): ResourceType {
  const type = home.typeOf({ group: '', version: 'v1', kind: 'Secret' });
  if (!type) throw new VidraError('KIND_UNKNOWN', 'the cluster does not serve Secret', { subject: home.server });
  return type;
}

/** Numbers are ascending within an owner. */
function revisionsIn(objects: readonly ObjectMetadata[]): Facts[] {
  const facts = objects.flatMap(({ annotations }) => {
    const text = annotations[factsAnnotation];
    return text === undefined ? [] : [readFacts(text)];
  });
  return facts.sort((a, b) => (a.owner === b.owner ? a.number - b.number : a.owner < b.owner ? -1 : 1));
}

function readFacts(text: string): Facts {
  try {
    return JSON.parse(text) as Facts;
  } catch (cause) {
    throw new VidraError('HISTORY_INVALID', 'the facts of a revision cannot be read', { cause });
  }
}

function numberIn(name: string): number {
  return Number(/-(\d+)-\d+$/.exec(name)?.[1] ?? 0);
}

interface Chunk {
  readonly name: string;
  readonly namespace: string;
  readonly id: string;
  readonly content: string;
  readonly chunk: number;
  readonly facts: Facts;
}

function secretOf({ name, namespace, id, content, chunk, facts }: Chunk): Manifest {
  const annotations = chunk === 0 ? { annotations: { [factsAnnotation]: JSON.stringify(facts) } } : {};
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'vidra.infrahub.operators.com/history',
    metadata: { name, namespace, labels: { [label]: id }, ...annotations },
    data: { 'content.json.gz': content },
  };
}

function contentOf(secret: Manifest | undefined): Buffer {
  const data = secret?.['data'] as JsonObject | undefined;
  return Buffer.from(String(data?.['content.json.gz'] ?? ''), 'base64');
}
