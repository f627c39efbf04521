/** What owners applied last, as their history has it: read when somebody wiped managedFields, and only then. */
import { VidraError } from '../errors.ts';
import type { Content, History } from '../history/history.ts';
import { digestOf } from '../manifest/json.ts';
import { keyOf, type Manifest, referenceOf } from '../manifest/manifest.ts';

/** The manifest that was applied with this digest; nothing when it is not kept. */
export type FindLastWish = (owner: string, key: string, digest: string) => Promise<Manifest | undefined>;

/** Reads the newest revision of each owner once. */
export function createLastWishes(history: History): FindLastWish {
  const contents = new Map<string, Promise<Content | undefined>>();
  return async (owner, key, digest) => {
    const content = contents.get(owner) ?? newestOf(history, owner);
    contents.set(owner, content);
    const manifest = (await content)?.manifests.find((each) => keyOf(referenceOf(each)) === key);
    return manifest && digestOf(manifest) === digest ? manifest : undefined;
  };
}

/** Without a history, or with one that cannot be read, nothing is known. */
async function newestOf(history: History, owner: string): Promise<Content | undefined> {
  try {
    const newest = (await history.list(owner)).at(-1);
    return newest && (await history.read(newest));
  } catch (error) {
    if (!(error instanceof VidraError) || error.code === 'INTERRUPTED') throw error;
    return undefined;
  }
}
