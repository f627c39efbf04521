/** What definitions may hold: the one source of the checks, of the schemas in crds/ and of their documentation. */
import { conductRules } from './conduct-rules.ts';
import type { Definition } from './definition.ts';
import { policyRules } from './policy-rules.ts';
import type { MappingRule, Validation } from './rule.ts';
import { namespaceName, objectName, text, url } from './text-rules.ts';

const namespaceOfSecret = { ...namespaceName, description: 'Namespace of the Secret.', required: true } as const;
const nameOfSecret = { ...objectName, description: 'Name of the Secret.', required: true } as const;

export const destinationRule: MappingRule = {
  type: 'mapping',
  description: 'The cluster and namespace that the objects go to.',
  fields: {
    server: {
      ...url,
      description:
        "URL of the cluster's API server. Missing or https://kubernetes.default.svc, the cluster that Vidra runs in.",
      example: 'https://kubernetes.example.com:6443',
    },
    namespace: { type: 'text', description: 'For objects that name no namespace; without it, default.' },
    reconcileOnEvents: {
      type: 'boolean',
      description: 'Reconcile at every change in the cluster, not just at intervals.',
      default: false,
    },
    kubeconfigSecretRef: {
      type: 'mapping',
      description: 'The Secret that says how to reach server. Missing, it is found by the label cluster-kubeconfig.',
      fields: {
        namespace: namespaceOfSecret,
        name: nameOfSecret,
        key: {
          type: 'text',
          description: 'Where the kubeconfig is in the Secret.',
          longest: 253,
          pattern: /^[-._a-zA-Z0-9]+$/,
          example: 'kubeconfig',
          default: 'kubeconfig',
        },
        context: { ...text, description: 'Of the kubeconfig. Missing, it is the one that has the server.' },
      },
    },
  },
  validations: [
    {
      rule: '!has(self.kubeconfigSecretRef) || has(self.server)',
      message: 'must come with server, the URL of its cluster',
      field: '.kubeconfigSecretRef',
    },
    {
      rule: String.raw`!has(self.kubeconfigSecretRef) || !has(self.server) || !self.server.matches('^https://kubernetes\\.default(\\.svc(\\.cluster\\.local)?)?(:443)?$')`,
      message: 'is for other clusters than the one that the definition is in',
      field: '.kubeconfigSecretRef',
    },
  ],
};

const source: MappingRule = {
  type: 'mapping',
  description: 'Which artifacts, and of which time.',
  required: true,
  fields: {
    infrahubAPIURL: { ...url, description: 'Base URL of the Infrahub.', required: true },
    artefactName: {
      ...text,
      description: 'Name of the artifacts. Each artifact of this name is kept.',
      required: true,
    },
    targetBranch: { ...text, description: 'Branch of the Infrahub.', required: true, default: 'main' },
    targetDate: {
      type: 'text',
      description: 'Time to read the Infrahub at, such as 2026-11-22T12:00:00Z or now-2h. Without it, the newest.',
    },
    credentialsSecretRef: {
      type: 'mapping',
      description:
        'The Secret with username and password, or an apiKey, for the Infrahub, whose host is in its label infrahub-api-url, or its URL in the key infrahubapiurl. Missing, it is found by that label.',
      fields: { namespace: namespaceOfSecret, name: nameOfSecret },
    },
  },
};

/** The rules of `spec` in a definition of each kind. */
export const specRules: Readonly<Record<Definition['kind'], MappingRule>> = {
  InfrahubSync: {
    type: 'mapping',
    required: 'in files',
    fields: { source, destination: destinationRule, ...conductRules, ...policyRules },
  },
  VidraResource: {
    type: 'mapping',
    required: 'in files',
    fields: {
      manifest: {
        type: 'text',
        description: 'YAML or JSON of any number of documents. Missing where the manifests are kept elsewhere.',
        required: 'in files',
      },
      reconciledAt: { type: 'time', description: 'When the resource was last reconciled.' },
      destination: destinationRule,
      ...conductRules,
      ...policyRules,
    },
  },
};

/** What must hold in a whole definition of any kind. */
export const validations: readonly Validation[] = [
  {
    rule: '!has(self.spec) || !has(self.spec.dependsOn) || !self.spec.dependsOn.exists(one, one.kind == self.kind && one.name == self.metadata.name)',
    message: 'must not name the definition itself',
    field: '.spec.dependsOn',
  },
];

const anything = { type: 'anything' } as const;
const metadata: MappingRule = {
  type: 'mapping',
  required: true,
  fields: {
    name: { ...objectName, required: true },
    namespace: { type: 'text' },
    labels: anything,
    annotations: anything,
    finalizers: anything,
    ownerReferences: anything,
  },
};

/** The rules of a whole definition as somebody writes it. */
export const rulesByKind: { readonly [kind: string]: MappingRule } = Object.fromEntries(
  Object.entries(specRules).map(([kind, spec]): [string, MappingRule] => {
    return [kind, { type: 'mapping', fields: { apiVersion: anything, kind: anything, metadata, spec }, validations }];
  }),
);
