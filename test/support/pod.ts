/** What a kubelet would make of the chart's Deployment. */
import type { KubeObject } from './cluster.ts';

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
}

interface SecurityContext {
  readonly [field: string]: unknown;
}

export interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly Variable[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: SecurityContext;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly [field: string]: unknown;
}

export interface PodSpec {
  readonly serviceAccountName: string;
  readonly securityContext: SecurityContext & {
    readonly runAsUser: number;
    readonly runAsGroup: number;
    readonly fsGroup: number;
  };
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string; readonly emptyDir?: object }[];
  readonly [field: string]: unknown;
}

export interface Pod {
  readonly namespace: string;
  readonly spec: PodSpec;
  readonly container: Container;
  /** The container's environment, without what the image and the kubelet give. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The Pod of the only Deployment among some objects. */
export function podOf(objects: readonly KubeObject[]): Pod {
  const [deployment] = objects.filter(({ kind }) => kind === 'Deployment');
  if (!deployment) throw new Error('There is no Deployment.');
  const { template } = deployment['spec'] as { template: { spec: PodSpec } };
  const [container] = template.spec.containers;
  const { namespace = '' } = deployment.metadata;
  const fields: Record<string, string> = { 'metadata.namespace': namespace };
  const read = ({ value, valueFrom }: Variable) => value ?? fields[valueFrom?.fieldRef?.fieldPath ?? ''] ?? '';
  const environment = Object.fromEntries(container.env.map((variable) => [variable.name, read(variable)]));
  return { namespace, spec: template.spec, container, environment };
}
