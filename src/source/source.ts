/** The port of everything that manifests can come from. */
import type { VidraError } from '../errors.ts';

/** One downloaded document of a snapshot. */
export interface Artifact {
  /** Stable over revisions: Infrahub's id, or the path of a file. */
  readonly id: string;
  /** What people call it. Many artifacts may share a name. */
  readonly name: string;
  /** Digest of the content in hexadecimal: Infrahub's MD5, SHA-256 for files. */
  readonly digest: string;
  /** UTF-8 text: YAML or JSON. */
  readonly content: string;
}

/** An artifact that exists and has no content that could be used now. It is not deleted: nothing of it may be pruned. */
export interface PendingArtifact {
  readonly id: string;
  readonly name: string;
  /** For people: why there is no content. */
  readonly reason: string;
}

/** One revision of a source, as of one moment. */
export interface Snapshot {
  /** Names the content: the same revision means the same artifacts. */
  readonly revision: string;
  /** Only a complete snapshot may be taken as the whole truth, and so as a reason to delete. */
  readonly complete: boolean;
  readonly artifacts: readonly Artifact[];
  readonly pending: readonly PendingArtifact[];
  /** What people should know about this snapshot, e.g. that a render failed and the content is older. */
  readonly warnings: readonly string[];
  /** Why there is no newer one: it is what the source gave at last. Never complete. */
  readonly stale?: VidraError;
}

export interface Source {
  /** For people and error messages: the URL or the path. Holds no credentials. */
  readonly description: string;
  /** Reads the newest revision. Throws a VidraError SOURCE_* or DATE_INVALID; INTERRUPTED when aborted. */
  fetch(signal: AbortSignal): Promise<Snapshot>;
  /** Ends connections and leaves nothing running. */
  close(): Promise<void>;
}
