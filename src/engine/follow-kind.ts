/** Looks at objects of one kind until none of them is waited for any more. */
import type { ResourceType, Selection, WatchEvent } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { apiVersionOf, type Manifest } from '../manifest/manifest.ts';
import { managedSelector } from '../manifest/owner.ts';
import { looks } from './looks.ts';
import { isLeft, type Sight, see } from './sight.ts';

/** In more namespaces than these, one watch of the whole cluster is cheaper. */
const fewNamespaces = 2;

/** `sights` are of one kind of one cluster. What cannot be looked at says so. */
export async function followKind(sights: readonly Sight[], signal: AbortSignal): Promise<void> {
  const [first] = sights;
  if (!first) return;
  const { cluster, reference } = first.awaited;
  const type = cluster.typeOf(reference);
  if (!type) return giveUp(sights, new VidraError('KIND_UNKNOWN', `${apiVersionOf(reference)} is not served`));
  const { namespace, name } = reference;
  const follow = (selection: Selection, some: readonly Sight[], orElse = false) =>
    followSelection({ type, selection, sights: some, signal, orElse });
  if (sights.length === 1) return void (await follow({ name, ...(namespace && { namespace }) }, sights));
  const namespaces = byNamespace(sights);
  const everywhere = { labelSelector: managedSelector };
  if (namespaces.size > fewNamespaces && (await follow(everywhere, sights, true))) return;
  await Promise.all(
    [...namespaces].map(([namespace, some]) => follow({ ...everywhere, ...(namespace && { namespace }) }, some)),
  );
}

function byNamespace(sights: readonly Sight[]): Map<string, Sight[]> {
  const namespaces = new Map<string, Sight[]>();
  for (const sight of sights) {
    const { namespace } = sight.awaited.reference;
    const others = namespaces.get(namespace);
    if (others) others.push(sight);
    else namespaces.set(namespace, [sight]);
  }
  return namespaces;
}

interface Following {
  readonly type: ResourceType;
  readonly selection: Selection;
  readonly sights: readonly Sight[];
  readonly signal: AbortSignal;
  /** There is another way if this one is forbidden. */
  readonly orElse: boolean;
}

/** False when it is forbidden and there is another way. */
async function followSelection(following: Following): Promise<boolean> {
  try {
    await followUntilSettled(following);
    return true;
  } catch (error) {
    if (!(error instanceof VidraError)) throw error;
    if (following.orElse && error.code === 'CLUSTER_FORBIDDEN') return false;
    if (error.code !== 'INTERRUPTED') giveUp(following.sights, error);
    return true;
  }
}

async function followUntilSettled({ type, selection, sights, signal }: Following): Promise<void> {
  const [first] = sights;
  if (!first) return;
  const wanted = new Map<string, Sight[]>();
  for (const sight of sights) {
    const place = placeOf(sight.awaited.reference);
    wanted.set(place, [...(wanted.get(place) ?? []), sight]);
  }
  // What is settled stays so, and there may be many objects and many more events.
  let settled = 0;
  for await (const event of looks(first.awaited.cluster, type, selection, signal)) {
    take(event, wanted);
    for (let next = sights[settled]; next && !isLeft(next); next = sights[settled]) settled++;
    if (settled === sights.length) return;
  }
}

function take(event: WatchEvent<Manifest>, wanted: ReadonlyMap<string, readonly Sight[]>): void {
  const tell = (place: string, object: Manifest | undefined) => {
    for (const sight of wanted.get(place) ?? []) see(sight, object);
  };
  if (event.type !== 'listed') {
    tell(placeOf(event.object.metadata), event.type === 'removed' ? undefined : event.object);
  } else {
    const objects = new Map(event.objects.map((object) => [placeOf(object.metadata), object]));
    for (const place of wanted.keys()) tell(place, objects.get(place));
  }
}

function placeOf({ namespace, name }: { namespace?: string; name: string }): string {
  return `${namespace ?? ''}/${name}`;
}

/** Of a kind that is gone there are no objects either. Otherwise nobody knows. */
function giveUp(sights: readonly Sight[], error: VidraError): void {
  for (const sight of sights.filter(isLeft)) {
    if (error.code === 'KIND_UNKNOWN') see(sight, undefined);
    else sight.health = { state: 'progressing', reason: `it cannot be looked at: ${error.message}` };
  }
}
