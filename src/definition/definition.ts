/** What the user wrote: which artifacts, or which manifests, shall be where. */

import type { TextPlace } from '../manifest/decode.ts';
import type { Origin } from '../manifest/manifest.ts';
import type { Conduct, NamespacedName } from './conduct.ts';
import type { Policy } from './policy.ts';

export interface Destination {
  /** URL of the cluster's API server. Missing or `https://kubernetes.default.svc`: the home cluster. */
  readonly server?: string;
  /** For objects that name no namespace. */
  readonly namespace?: string;
  /** Whether changes in the cluster start a reconcile. */
  readonly reconcileOnEvents: boolean;
  /** The Secret of the home cluster that says how to reach `server`; found by its label if missing. */
  readonly kubeconfigSecretRef?: NamespacedName & {
    readonly key: string;
    /** Of the kubeconfig; the one that has the server if missing. */
    readonly context?: string;
  };
}

/** What the API server knows of a definition besides what the user wrote. */
export interface Stored {
  readonly uid: string;
  readonly generation: number;
  readonly annotations: { readonly [name: string]: string };
  /** Somebody has deleted it, and it waits for its finalizers. */
  readonly deleting?: true;
}

interface Common extends Conduct {
  readonly name: string;
  readonly origin: Origin;
  readonly destination: Destination;
  readonly policy: Policy;
  /** Only of what was read from a cluster. */
  readonly stored?: Stored;
}

/** Artifacts of an Infrahub that are kept in a cluster. */
export interface InfrahubSync extends Common {
  readonly kind: 'InfrahubSync';
  readonly source: {
    readonly infrahubAPIURL: string;
    /** Name of the artifacts (the spelling is upstream's). */
    readonly artefactName: string;
    /** `main` if nobody says otherwise. */
    readonly targetBranch: string;
    /** As written: absolute or relative, not checked here. */
    readonly targetDate?: string;
    /** The Secret of the home cluster with the credentials; found by its label if missing. */
    readonly credentialsSecretRef?: NamespacedName;
  };
}

/** Manifests that are kept in a cluster, written into the definition itself. */
export interface VidraResource extends Common {
  readonly kind: 'VidraResource';
  /** YAML or JSON of any number of documents. */
  readonly manifest: string;
  /** The InfrahubSync whose record it is, where it is one that is taken for a definition. */
  readonly sync?: string;
  /** Of the manifest in the file that it was read from, where that has its lines. */
  readonly place?: TextPlace;
}

export type Definition = InfrahubSync | VidraResource;

/** How a definition's objects are reached, where that is not as whoever runs Vidra. */
export interface Access extends Pick<Conduct, 'serviceAccount'>, Pick<Destination, 'kubeconfigSecretRef'> {}

export const definitionApiVersion = 'infrahub.operators.com/v1alpha1';

/** For people, and as a key: `InfrahubSync web`. */
export function nameOfDefinition({ kind, name }: Pick<Definition, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}
