/** `vidra watch` on the definitions of a cluster as a process, the operator, and definitions for it. */
import type { ChildProcess } from 'node:child_process';
import type { Cluster, KubeObject, Reference } from './cluster.ts';
import { type Ended, vidra } from './vidra.ts';
import { waitFor } from './wait-for.ts';

const apiVersion = 'infrahub.operators.com/v1alpha1';

/** A line that the operator printed. */
export interface Line {
  readonly event: string;
  /** In ISO 8601. */
  readonly time: string;
  /** Of a line `shard`. */
  readonly shard?: number;
  readonly state?: string;
  readonly definition?: string;
  readonly trigger?: { readonly type: string; readonly objects?: readonly string[] };
  readonly result?: { readonly summary: Record<string, number> };
  readonly problem?: { readonly code: string; readonly message: string };
}

export interface Operator {
  readonly child: ChildProcess;
  readonly lines: () => readonly Line[];
  readonly ended: Promise<Ended>;
  /** SIGTERM, and its end. */
  readonly stop: () => Promise<Ended>;
}

export interface StatusCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
}

/** A definition as the cluster has it. */
export interface StoredDefinition extends KubeObject {
  spec: Record<string, unknown>;
  status?: {
    conditions?: StatusCondition[];
    managedResources?: { kind: string; name: string; namespace?: string }[];
    [field: string]: unknown;
  };
}

/** Runs `vidra watch` on the definitions of a cluster; `environment` comes on top of its kubeconfig. */
export async function startOperator(
  kubeconfig: string,
  environment: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<Operator> {
  const lines: Line[] = [];
  let rest = '';
  let child: ChildProcess | undefined;
  const ended = vidra(['watch', ...flags], {
    environment: { KUBECONFIG: kubeconfig, ...environment },
    onStart: (started) => {
      child = started;
      started.stdout?.on('data', (chunk: string) => {
        const all = `${rest}${chunk}`.split('\n');
        rest = all.pop() ?? '';
        lines.push(...all.map((line) => JSON.parse(line) as Line));
      });
    },
  });
  const process = child as unknown as ChildProcess;
  return {
    child: process,
    ended,
    lines: () => lines,
    stop: () => {
      process.kill('SIGTERM');
      return ended;
    },
  };
}

export interface Written extends Reference {
  readonly spec: object;
}

export function sync(name: string, spec: object): Written {
  return { apiVersion, kind: 'InfrahubSync', metadata: { name }, spec };
}

/** A VidraResource that holds these manifests. */
export function resource(name: string, manifests: readonly object[], more: object = {}): Written {
  return { apiVersion, kind: 'VidraResource', metadata: { name }, spec: { manifest: textOf(...manifests), ...more } };
}

/** Manifests as one text. */
export function textOf(...manifests: readonly object[]): string {
  return manifests.map((one) => JSON.stringify(one)).join('\n---\n');
}

/** The status of a condition; nothing when it is not there, or of an older generation. */
export function conditionOf({ metadata, ...object }: KubeObject, type: string): StatusCondition | undefined {
  const { conditions } = (object['status'] ?? {}) as NonNullable<StoredDefinition['status']>;
  const found = conditions?.find((condition) => condition.type === type);
  return (found?.observedGeneration ?? metadata.generation) === metadata.generation ? found : undefined;
}

/** Waits until a condition of a definition has a status, and returns it. */
export async function untilCondition(
  cluster: Cluster,
  definition: Reference,
  type: string,
  status: string,
  seconds?: number,
): Promise<StatusCondition> {
  return waitFor(
    `${definition.kind} ${definition.metadata.name} to be ${type}=${status}`,
    async () => {
      const condition = conditionOf(await cluster.get(definition), type);
      return condition?.status === status ? condition : undefined;
    },
    seconds,
  );
}
