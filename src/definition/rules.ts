/** What the fields of a definition may hold: the same rules as the schemas in crds/, which a test holds them to. */

const url = {
  pattern: /^(http|https):\/\/[a-zA-Z0-9.-]+(:[0-9]+)?(?:\/[a-zA-Z0-9-]+)*$/,
  example: 'https://infrahub.example.com',
} as const;

/** A text field. `pattern` comes with an example for people. */
export interface TextRule {
  readonly type: 'text';
  readonly required?: boolean;
  readonly filled?: boolean;
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

const destination: MappingRule = {
  type: 'mapping',
  fields: {
    server: { type: 'text', ...url, example: 'https://kubernetes.example.com:6443' },
    namespace: { type: 'text' },
    reconcileOnEvents: { type: 'boolean' },
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

/** What a definition lets Vidra do (policy.ts), and how often. */
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
  interval: { type: 'duration' },
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
    name: {
      type: 'text',
      required: true,
      pattern: /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
      example: 'web-servers (a-z, 0-9, - and .)',
    },
    namespace: { type: 'text' },
    labels: { type: 'anything' },
    annotations: { type: 'anything' },
    finalizers: { type: 'anything' },
    ownerReferences: { type: 'anything' },
  },
};

/** The rules of a whole definition of each kind. */
export const rulesByKind: { readonly [kind: string]: MappingRule } = {
  InfrahubSync: definitionRule({ source, destination, ...policy }),
  VidraResource: definitionRule({
    manifest: { type: 'text', required: true },
    destination,
    reconciledAt,
    ...policy,
  }),
};

function definitionRule(spec: MappingRule['fields']): MappingRule {
  return {
    type: 'mapping',
    fields: {
      apiVersion: { type: 'anything' },
      kind: { type: 'anything' },
      metadata,
      spec: { type: 'mapping', required: true, fields: spec },
    },
  };
}
