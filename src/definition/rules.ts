/** What the fields of a definition may hold: the same rules as the schemas in crds/, which a test holds them to. */
import type { Definition } from './definition.ts';

const url = {
  pattern: /^(http|https):\/\/[a-zA-Z0-9.-]+(:[0-9]+)?(?:\/[a-zA-Z0-9-]+)*$/,
  example: 'https://infrahub.example.com',
} as const;

/** A text field. `pattern` comes with an example for people. */
export interface TextRule {
  readonly type: 'text';
  readonly required?: boolean;
  readonly filled?: boolean;
  /** The most characters. */
  readonly longest?: number;
  readonly pattern?: RegExp;
  readonly example?: string;
}

/** Fields by name; any other field is an error. */
export interface MappingRule {
  readonly type: 'mapping';
  readonly required?: boolean;
  readonly fields: { readonly [name: string]: Rule };
}

interface Plain<Type extends string> {
  readonly type: Type;
  readonly required?: boolean;
}

/** A list whose items all keep one rule. */
export interface ListRule extends Plain<'list'> {
  readonly items: Rule;
}

/** One of some words. */
export interface ChoiceRule extends Plain<'choice'> {
  readonly choices: readonly string[];
}

/** A whole number from 0 on; with `percent` also a text such as `20%`. */
export interface CountRule extends Plain<'count'> {
  readonly percent?: boolean;
}

/** `anything` is for what Kubernetes itself checks; `duration` is a text such as `5m`. */
export type Rule =
  | TextRule
  | MappingRule
  | ListRule
  | ChoiceRule
  | CountRule
  | Plain<'boolean'>
  | Plain<'duration'>
  | Plain<'anything'>;

const namespaceName: TextRule = {
  type: 'text',
  required: true,
  longest: 63,
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  example: 'vidra-system',
};
const objectName: TextRule = {
  type: 'text',
  required: true,
  longest: 253,
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  example: 'web-servers (a-z, 0-9, - and .)',
};
const secretKey: TextRule = { type: 'text', longest: 253, pattern: /^[-._a-zA-Z0-9]+$/, example: 'kubeconfig' };

const destination: MappingRule = {
  type: 'mapping',
  fields: {
    server: { type: 'text', ...url, example: 'https://kubernetes.example.com:6443' },
    namespace: { type: 'text' },
    reconcileOnEvents: { type: 'boolean' },
    kubeconfigSecretRef: {
      type: 'mapping',
      fields: { namespace: namespaceName, name: objectName, key: secretKey, context: { type: 'text', filled: true } },
    },
  },
};

const source: MappingRule = {
  type: 'mapping',
  required: true,
  fields: {
    infrahubAPIURL: { type: 'text', required: true, ...url },
    artefactName: { type: 'text', required: true, filled: true },
    targetBranch: { type: 'text', filled: true },
    targetDate: { type: 'text' },
    credentialsSecretRef: { type: 'mapping', fields: { namespace: namespaceName, name: objectName } },
  },
};

const text: TextRule = { type: 'text', filled: true };
const requiredText: TextRule = { ...text, required: true };
/** Brackets come in pairs and hold something; JSON pointers and JSONPath begin otherwise. */
const path: TextRule = {
  type: 'text',
  pattern: /^([^[\]/$\s]|\[("(\\.|[^"\\])*"|[^"\]])+\])([^[\]]|\[("(\\.|[^"\\])*"|[^"\]])+\])*$/,
  example: 'spec.template.spec.containers[name=web].image',
};

/** How a definition is reconciled (conduct.ts). */
const conduct: MappingRule['fields'] = {
  suspend: { type: 'boolean' },
  mode: { type: 'choice', choices: ['Enforce', 'Observe', 'Approve'] },
  interval: { type: 'duration' },
  timeout: { type: 'duration' },
  wait: { type: 'boolean' },
  dependsOn: {
    type: 'list',
    items: {
      type: 'mapping',
      fields: {
        kind: { type: 'choice', required: true, choices: ['InfrahubSync', 'VidraResource'] },
        name: objectName,
      },
    },
  },
  serviceAccountName: {
    type: 'text',
    longest: 317,
    pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    example: 'shop/deployer (namespace/name)',
  },
};

/** What a definition lets Vidra do (policy.ts). */
const policy: MappingRule['fields'] = {
  adopt: { type: 'choice', choices: ['Never', 'IfUnowned', 'Always'] },
  conflicts: {
    type: 'list',
    items: {
      type: 'mapping',
      fields: {
        manager: text,
        kind: text,
        path,
        action: { type: 'choice', required: true, choices: ['Override', 'Yield', 'Refuse'] },
      },
    },
  },
  ignore: {
    type: 'list',
    items: {
      type: 'mapping',
      fields: {
        kind: text,
        name: text,
        namespace: text,
        paths: { type: 'list', required: true, items: { ...path, required: true } },
      },
    },
  },
  deletionPolicy: { type: 'choice', choices: ['Delete', 'Orphan'] },
  propagationPolicy: { type: 'choice', choices: ['Background', 'Foreground', 'Orphan'] },
  replace: { type: 'choice', choices: ['Never', 'WhenImmutable'] },
  maxDeletions: { type: 'count', percent: true },
  healthChecks: {
    type: 'list',
    items: {
      type: 'mapping',
      fields: { apiVersion: requiredText, kind: requiredText, current: requiredText, inProgress: text, failed: text },
    },
  },
  historyLimit: { type: 'count' },
};

const reconciledAt: Rule = {
  type: 'text',
  pattern: /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[-+]\d{2}:\d{2})$/,
  example: '2026-11-22T12:00:00Z',
};

const metadata: MappingRule = {
  type: 'mapping',
  required: true,
  fields: {
    name: objectName,
    namespace: { type: 'text' },
    labels: { type: 'anything' },
    annotations: { type: 'anything' },
    finalizers: { type: 'anything' },
    ownerReferences: { type: 'anything' },
  },
};

/** The rules of `spec` in a definition of each kind. */
export const specRules: Readonly<Record<Definition['kind'], MappingRule>> = {
  InfrahubSync: { type: 'mapping', required: true, fields: { source, destination, ...conduct, ...policy } },
  VidraResource: {
    type: 'mapping',
    required: true,
    fields: { manifest: { type: 'text', required: true }, destination, reconciledAt, ...conduct, ...policy },
  },
};

/** The rules of a whole definition as somebody writes it. */
export const rulesByKind: { readonly [kind: string]: MappingRule } = {
  InfrahubSync: definitionRule(specRules.InfrahubSync),
  VidraResource: definitionRule(specRules.VidraResource),
};

function definitionRule(spec: MappingRule): MappingRule {
  const anything = { type: 'anything' } as const;
  return { type: 'mapping', fields: { apiVersion: anything, kind: anything, metadata, spec } };
}
