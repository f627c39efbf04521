/** What a plan was made from, as digests, and how to tell that it moved. */
import type { Definition } from '../definition/definition.ts';
import { writtenOf } from '../definition/policy.ts';
import type { Fetched } from '../engine/wishes.ts';
import { VidraError } from '../errors.ts';
import type { JsonValue } from '../manifest/manifest.ts';
import { saltedDigest } from '../plan/salted.ts';
import type { Snapshot } from '../source/source.ts';

/** Digests are salted: a definition or an artifact may hold Secrets. */
export interface Origins {
  readonly definitions: readonly { readonly kind: string; readonly name: string; readonly digest: string }[];
  /** One for each sync. */
  readonly snapshots: readonly {
    readonly sync: string;
    /** Nothing when the source could not be read. */
    readonly revision?: string;
    readonly digest: string;
    /** For people: why it could not be read. */
    readonly problem?: string;
  }[];
}

export function originsOf(definitions: readonly Definition[], fetched: Fetched, salt: string): Origins {
  return {
    definitions: definitions.map((definition) => {
      const { kind, name } = definition;
      return { kind, name, digest: saltedDigest(salt, saidIn(definition)) };
    }),
    snapshots: [...fetched].map(([sync, snapshot]) =>
      snapshot instanceof VidraError
        ? { sync, digest: '', problem: snapshot.message }
        : { sync, revision: snapshot.revision, digest: digestOfSnapshot(snapshot, salt) },
    ),
  };
}

// The same definition in another file, or in the cluster, is the same, and so it is to a Vidra that knows of more policies.
function saidIn({
  origin: _,
  stored: __,
  place: ___,
  policy,
  ...said
}: Definition & { readonly place?: unknown }): JsonValue {
  return { ...said, policy: writtenOf(policy) } as unknown as JsonValue;
}

function digestOfSnapshot({ complete, artifacts, pending }: Snapshot, salt: string): string {
  const contents = artifacts.map(({ id, content }) => `${id} ${saltedDigest(salt, content)}`);
  return saltedDigest(salt, [complete, contents.sort(), pending.map(({ id }) => id).sort()]);
}

/** For people, one clause for each definition and source that is not what it was; none when the plan is of today. */
export function movesSince(saved: Origins, now: Origins): string[] {
  return [
    ...pairs(saved.definitions, now.definitions, ({ kind, name }) => `${kind} ${name}`).flatMap(
      ([name, then, today]) => {
        if (!then) return [`${name} is new`];
        if (!today) return [`${name} is not there any more`];
        return then.digest === today.digest
          ? []
          : [`${name} was changed (${short(then.digest)} → ${short(today.digest)})`];
      },
    ),
    ...pairs(saved.snapshots, now.snapshots, ({ sync }) => sync).flatMap(([sync, then, today]) => {
      if (!then || !today || (then.revision === today.revision && then.digest === today.digest)) return [];
      if (!today.revision) return [`the source of ${sync} cannot be read now: ${today.problem}`];
      if (!then.revision)
        return [`the source of ${sync} could not be read then, and is at ${short(today.revision)} now`];
      if (then.revision === today.revision)
        return [`the source of ${sync} gives other artifacts of the same revision now`];
      return [`the source of ${sync} moved from ${short(then.revision)} to ${short(today.revision)}`];
    }),
  ];
}

function pairs<T>(
  before: readonly T[],
  now: readonly T[],
  nameOf: (one: T) => string,
): [string, T | undefined, T | undefined][] {
  const [first, second] = [before, now].map((all) => new Map(all.map((one) => [nameOf(one), one])));
  const names = new Set([...(first?.keys() ?? []), ...(second?.keys() ?? [])]);
  return [...names].map((name) => [name, first?.get(name), second?.get(name)]);
}

function short(digest: string): string {
  return digest.slice(0, 8);
}
