/** Sample artifacts: a web server and a virtual machine in one namespace, and what they share. All run on a bare control plane. */

import type { ArtifactChange } from './infrahub-state.ts';

export interface SampleOptions {
  /** Starts every name that the whole cluster can see; `demo` when absent. */
  readonly prefix?: string;
  /** Pods of the web server; 2 when absent. */
  readonly replicas?: number;
  /** Image of the web server; `nginx:1.27` when absent. */
  readonly image?: string;
  /** The name of the web server's objects; `shop` when absent. */
  readonly webserver?: string;
}

/** An artifact as the double takes it, with an id that stays. */
export interface Sample extends ArtifactChange {
  readonly id: string;
  readonly content: string;
}

/** Group of the virtual machine's kind: one that no other installation has, since its CRD comes and goes with the samples. */
export const sampleGroup = 'demo.infrahub.operators.com';

/** The three sample artifacts: `Shared_Manifest`, `Webserver_Manifest` and `VirtualMachine_Manifest`. */
export function sampleArtifacts(
  options: SampleOptions = {},
): readonly [shared: Sample, webserver: Sample, machine: Sample] {
  const { prefix = 'demo', replicas = 2, image = 'nginx:1.27', webserver = 'shop' } = options;
  const namespace = `${prefix}-store`;
  return [
    sample(1, 'Shared_Manifest', namespace, 'InfraNamespace', sharedNamespace(namespace)),
    sample(
      2,
      'Webserver_Manifest',
      webserver,
      'InfraWebserver',
      webServer({ name: webserver, namespace, replicas, image }),
    ),
    sample(3, 'VirtualMachine_Manifest', 'ledger', 'InfraVirtualMachine', virtualMachine('ledger', namespace)),
  ];
}

function sample(number: number, name: string, label: string, kind: string, content: string): Sample {
  const id = (part: number) => `18f0c0de-0000-4000-8000-${String(part * 100 + number).padStart(12, '0')}`;
  const definition = { id: id(2), label: name.replace('_Manifest', '_Artifact_Definition') };
  return { id: id(1), name, object: { id: id(3), label, kind }, definition, contentType: 'application/yaml', content };
}

/** A Namespace and the settings that the web server and the virtual machine read. */
function sharedNamespace(namespace: string): string {
  return `---
apiVersion: v1
kind: Namespace
metadata:
  name: ${namespace}
  labels:
    site: zurich
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: site-settings
  namespace: ${namespace}
data:
  greeting: "Grüezi"
  currency: CHF
`;
}

function webServer(app: { name: string; namespace: string; replicas: number; image: string }): string {
  const { name, namespace, replicas, image } = app;
  return `---
apiVersion: v1
kind: Namespace
metadata:
  name: ${namespace}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: ${namespace}
  labels: {app: ${name}}
spec:
  replicas: ${replicas}
  selector:
    matchLabels: {app: ${name}}
  template:
    metadata:
      labels: {app: ${name}}
    spec:
      containers:
        - name: web
          image: ${image}
          envFrom:
            - configMapRef: {name: site-settings}
          ports:
            - {name: http, containerPort: 80}
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  selector: {app: ${name}}
  ports:
    - {name: http, port: 80, targetPort: http}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  rules:
    - host: ${name}.example.invalid
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: ${name}
                port: {name: http}
`;
}

/** A virtual machine shaped as KubeVirt's, with the kind's own small definition, and the Service in front of it. */
function virtualMachine(name: string, namespace: string): string {
  return `---
apiVersion: v1
kind: Namespace
metadata:
  name: ${namespace}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: virtualmachines.${sampleGroup}
spec:
  group: ${sampleGroup}
  scope: Namespaced
  names: {kind: VirtualMachine, listKind: VirtualMachineList, plural: virtualmachines, singular: virtualmachine, shortNames: [dvm]}
  versions:
    - name: v1
      served: true
      storage: true
      additionalPrinterColumns:
        - {name: Cores, type: integer, jsonPath: .spec.domain.cpu.cores}
        - {name: Memory, type: string, jsonPath: .spec.domain.memory}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [domain]
              properties:
                runStrategy: {type: string, enum: [Always, Halted, Manual], default: Always}
                settingsFrom: {type: string}
                domain:
                  type: object
                  required: [cpu, memory]
                  properties:
                    cpu:
                      type: object
                      properties:
                        cores: {type: integer, minimum: 1}
                    memory: {type: string}
                    disks:
                      type: array
                      x-kubernetes-list-type: map
                      x-kubernetes-list-map-keys: [name]
                      items:
                        type: object
                        required: [name]
                        properties:
                          name: {type: string}
                          size: {type: string}
---
apiVersion: ${sampleGroup}/v1
kind: VirtualMachine
metadata:
  name: ${name}
  namespace: ${namespace}
  labels: {vm: ${name}}
spec:
  runStrategy: Always
  settingsFrom: site-settings
  domain:
    cpu: {cores: 2}
    memory: 4Gi
    disks:
      - {name: root, size: 20Gi}
      - {name: data, size: 100Gi}
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  selector: {vm: ${name}}
  ports:
    - {name: ssh, port: 22}
`;
}
