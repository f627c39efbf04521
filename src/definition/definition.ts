/** What the user wrote: which artifacts, or which manifests, shall be where. */

import type { Origin } from '../manifest/manifest.ts';
import type { Policy } from './policy.ts';

export interface Destination {
  /** URL of the cluster's API server. Missing or `https://kubernetes.default.svc`: the home cluster. */
  readonly server?: string;
  /** For objects that name no namespace. */
  readonly namespace?: string;
  /** Whether changes in the cluster start a reconcile. */
  readonly reconcileOnEvents: boolean;
}

/** Artifacts of an Infrahub that are kept in a cluster. */
export interface InfrahubSync {
  readonly kind: 'InfrahubSync';
  readonly name: string;
  readonly origin: Origin;
  readonly source: {
    readonly infrahubAPIURL: string;
    /** Name of the artifacts (the spelling is upstream's). */
    readonly artefactName: string;
    /** `main` if nobody says otherwise. */
    readonly targetBranch: string;
    /** As written: absolute or relative, not checked here. */
    readonly targetDate?: string;
  };
  readonly destination: Destination;
  readonly policy: Policy;
  /** Milliseconds between two reconciles of `vidra watch`; its own default if missing. */
  readonly interval?: number;
}

/** Manifests that are kept in a cluster, written into the definition itself. */
export interface VidraResource {
  readonly kind: 'VidraResource';
  readonly name: string;
  readonly origin: Origin;
  /** YAML or JSON of any number of documents. */
  readonly manifest: string;
  readonly destination: Destination;
  readonly policy: Policy;
  /** Milliseconds between two reconciles of `vidra watch`; its own default if missing. */
  readonly interval?: number;
}

export type Definition = InfrahubSync | VidraResource;

export const definitionApiVersion = 'infrahub.operators.com/v1alpha1';
