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

/** `anything` is for what Kubernetes itself checks. */
export type Rule = TextRule | MappingRule | Plain<'boolean'> | Plain<'anything'>;

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
  InfrahubSync: definitionRule({ source, destination }),
  VidraResource: definitionRule({ manifest: { type: 'text', required: true }, destination, reconciledAt }),
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
