/** What the Infrahub double knows: branches, stored queries, stored files, and every revision of every artifact. */

import { createHash, randomUUID } from 'node:crypto';

type ArtifactStatus = 'Ready' | 'Pending' | 'Error' | 'Processing';

/** A node that an artifact points to. */
export interface NodeReference {
  readonly id: string;
  readonly label: string;
  readonly kind?: string;
}

/** A change to one artifact. What is absent stays as it was. */
export interface ArtifactChange {
  readonly name: string;
  /** The artifact to change; a new one when absent or unknown. */
  readonly id?: string;
  /** `main` when absent. */
  readonly branch?: string;
  /** New content. Without any, the artifact has none, or keeps the earlier one. */
  readonly content?: string | Uint8Array;
  /** `Ready` when there is new content and this is absent, else `Pending`. */
  readonly status?: ArtifactStatus;
  /** `application/yaml` when absent at first. */
  readonly contentType?: string;
  readonly object?: NodeReference;
  readonly definition?: NodeReference;
  /** Id of the attribute storage_id, which is not the storage id. */
  readonly attributeId?: string;
  readonly storageId?: string;
  /** When it happened; now when absent. */
  readonly at?: Date;
}

/** One artifact as of one moment. */
export interface ArtifactRevision {
  readonly id: string;
  readonly name: string;
  readonly attributeId: string;
  readonly object: NodeReference | undefined;
  readonly definition: NodeReference | undefined;
  readonly at: number;
  readonly deleted: boolean;
  readonly status: ArtifactStatus;
  readonly contentType: string;
  readonly checksum: string | null;
  readonly storageId: string | null;
}

export interface Branch {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly createdAt: number;
}

interface StoredQuery {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly createdAt: number;
}

export interface InfrahubState {
  readonly branches: Map<string, Branch>;
  readonly queries: StoredQuery[];
  /** Stored files by storage id. */
  readonly files: Map<string, Uint8Array>;
  /** The kind of nodes that are not artifacts, by id. */
  readonly otherNodes: Map<string, string>;
  setArtifact(change: ArtifactChange): string;
  removeArtifact(id: string, options?: { readonly branch?: string; readonly at?: Date }): void;
  /** The artifacts that exist on this branch at this moment (milliseconds), by name and then id. */
  artifacts(branch: string, at: number): ArtifactRevision[];
}

/** MD5 of the content in hexadecimal, which is Infrahub's checksum. */
export function md5(content: Uint8Array): string {
  return createHash('md5').update(content).digest('hex');
}

/** Nothing but what Infrahub starts with: the branch `main`. */
export function createState(createdAt: number, now: () => number): InfrahubState {
  // By artifact id, then by branch: artifacts are local to a branch, which shows those of main until it has its own.
  const history = new Map<string, Map<string, ArtifactRevision[]>>();
  const files = new Map<string, Uint8Array>();
  const branches = new Map<string, Branch>();
  branches.set('main', { id: randomUUID(), name: 'main', status: 'OPEN', createdAt });

  const read = (id: string, branch: string, at: number): ArtifactRevision | undefined => {
    const byBranch = history.get(id);
    const last = (name: string) => byBranch?.get(name)?.findLast((revision) => revision.at <= at);
    return last(branch) ?? last('main');
  };
  const write = (branch: string, revision: ArtifactRevision): void => {
    const byBranch = history.get(revision.id) ?? new Map<string, ArtifactRevision[]>();
    const revisions = [...(byBranch.get(branch) ?? []), revision].sort((left, right) => left.at - right.at);
    history.set(revision.id, byBranch.set(branch, revisions));
  };

  return {
    branches,
    queries: [],
    files,
    otherNodes: new Map(),
    setArtifact(change) {
      const { branch = 'main', at } = change;
      const id = change.id ?? randomUUID();
      const when = at?.getTime() ?? now();
      const before = read(id, branch, when);
      write(branch, nextRevision(change, id, when, before?.deleted ? undefined : before, files));
      return id;
    },
    removeArtifact(id, { branch = 'main', at } = {}) {
      const when = at?.getTime() ?? now();
      const before = read(id, branch, when);
      if (before) write(branch, { ...before, at: when, deleted: true });
    },
    artifacts(branch, at) {
      return [...history.keys()]
        .flatMap((id) => read(id, branch, at) ?? [])
        .filter((revision) => !revision.deleted)
        .sort((left, right) => compare(left.name, right.name) || compare(left.id, right.id));
    },
  };
}

function nextRevision(
  change: ArtifactChange,
  id: string,
  at: number,
  before: ArtifactRevision | undefined,
  files: Map<string, Uint8Array>,
): ArtifactRevision {
  const content = change.content === undefined ? undefined : Buffer.from(change.content);
  const checksum = content ? md5(content) : (before?.checksum ?? null);
  // Content that is the same is not stored again.
  const kept = checksum !== null && checksum === before?.checksum && change.storageId === undefined;
  const storageId = kept || !content ? (before?.storageId ?? null) : (change.storageId ?? randomUUID());
  if (content && storageId && !kept) files.set(storageId, content);
  return {
    id,
    name: change.name,
    at,
    deleted: false,
    attributeId: change.attributeId ?? before?.attributeId ?? randomUUID(),
    object: change.object ?? before?.object,
    definition: change.definition ?? before?.definition,
    status: change.status ?? (content ? 'Ready' : (before?.status ?? 'Pending')),
    contentType: change.contentType ?? before?.contentType ?? 'application/yaml',
    checksum,
    storageId,
  };
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
