/** How a definition is reconciled (conduct.ts). */
import { type Conduct, type DefinitionReference, defaultConduct } from './conduct.ts';
import type { Fields, MappingRule } from './rule.ts';
import { objectName } from './text-rules.ts';

const kinds = {
  InfrahubSync: 'Artifacts of an Infrahub.',
  VidraResource: 'Manifests of its own.',
} satisfies Record<DefinitionReference['kind'], string>;

const dependency: MappingRule = {
  type: 'mapping',
  fields: {
    kind: { type: 'choice', description: 'Kind of the other definition.', required: true, choices: kinds },
    name: { ...objectName, description: 'Its name.', required: true },
  },
};

const modes = {
  Enforce: 'Makes the cluster as it should be.',
  Observe: 'Reports what differs, and changes nothing.',
  Approve: 'Changes what differs once its plan is approved by an annotation with the digest of the plan.',
} satisfies Record<Conduct['mode'], string>;

export const conductRules: Fields = {
  suspend: {
    type: 'boolean',
    description: 'Reconcile nothing as long as this is true.',
    default: defaultConduct.suspend,
  },
  mode: {
    type: 'choice',
    description: 'Whether the cluster is changed.',
    choices: modes,
    default: defaultConduct.mode,
  },
  interval: { type: 'duration', description: 'Time between two reconciles, such as 5m.' },
  timeout: { type: 'duration', description: 'Time to wait until the objects are healthy, such as 5m.' },
  wait: {
    type: 'boolean',
    description: 'Wait until the objects are healthy; what was applied counts as ready only then.',
    default: defaultConduct.wait,
  },
  dependsOn: {
    type: 'list',
    description: 'Definitions of the same cluster that must be ready first.',
    most: 100,
    items: dependency,
  },
  serviceAccountName: {
    type: 'text',
    description:
      'ServiceAccount whose rights objects are written with, as namespace/name. Missing, it is that of Vidra.',
    longest: 317,
    pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    example: 'shop/deployer (namespace/name)',
  },
};
