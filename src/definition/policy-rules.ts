/** What a definition lets Vidra do with its objects (policy.ts). */
import { type ConflictRule, defaultPolicy, type Policy } from './policy.ts';
import type { Fields, MappingRule } from './rule.ts';
import { path, text } from './text-rules.ts';

const conflict: MappingRule = {
  type: 'mapping',
  fields: {
    manager: { ...text, description: 'Field manager. Missing, it is any.' },
    kind: { ...text, description: 'Kind of the object. Missing, it is any.' },
    path: { ...path, description: 'A field such as .spec.replicas, and what is below it. Missing, it is any.' },
    action: {
      type: 'choice',
      description: 'What becomes of the field.',
      required: true,
      choices: {
        Override: 'Takes the field back.',
        Yield: 'Leaves it to the other.',
        Refuse: 'Leaves the object alone and reports it.',
      } satisfies Record<ConflictRule['action'], string>,
    },
  },
};

const ignored: MappingRule = {
  type: 'mapping',
  fields: {
    kind: { ...text, description: 'Missing, it is any; * stands for any text.' },
    name: { ...text, description: 'The same for the name of the object.' },
    namespace: { ...text, description: 'The same for its namespace.' },
    paths: {
      type: 'list',
      description: 'Fields such as spec.replicas or spec.template.spec.containers[name=web].image.',
      required: true,
      items: { ...path, required: 'in files' },
    },
  },
};

const healthCheck: MappingRule = {
  type: 'mapping',
  fields: {
    apiVersion: { ...text, description: 'apiVersion of the objects.', required: true },
    kind: { ...text, description: 'Kind of the objects.', required: true },
    current: { ...text, description: 'Holds when the object is healthy.', required: true },
    inProgress: { ...text, description: 'Holds as long as it is on its way; asked first.' },
    failed: { ...text, description: 'Holds when it will not get healthy by itself; asked before current.' },
  },
};

export const policyRules: Fields = {
  adopt: {
    type: 'choice',
    description: "What becomes of objects that exist and are not Vidra's.",
    choices: {
      Never: 'They are refused.',
      IfUnowned: 'Those that no other tool manages are taken over.',
      Always: 'All are taken over.',
    } satisfies Record<Policy['adopt'], string>,
    default: defaultPolicy.adopt,
  },
  conflicts: {
    type: 'list',
    description: 'Decides over fields that others hold. The first rule that fits decides; * stands for any text.',
    items: conflict,
  },
  ignore: { type: 'list', description: 'Fields that are never sent.', items: ignored },
  prune: {
    type: 'boolean',
    description:
      'Delete what is not in the manifests any more. If false it stays, and is reported until this is true again; deletionPolicy decides when the definition itself is deleted.',
    default: defaultPolicy.prune,
  },
  deletionPolicy: {
    type: 'choice',
    description: 'What becomes of objects that are not wanted any more.',
    choices: {
      Delete: 'They are deleted.',
      Orphan: "They stay in place as nobody's.",
    } satisfies Record<Policy['deletionPolicy'], string>,
    default: defaultPolicy.deletionPolicy,
  },
  propagationPolicy: {
    type: 'choice',
    description: 'What the API server does with what a deleted object owns.',
    choices: {
      Background: 'Deletes it afterwards.',
      Foreground: 'Deletes it first.',
      Orphan: 'Leaves it.',
    } satisfies Record<Policy['propagationPolicy'], string>,
    default: defaultPolicy.propagationPolicy,
  },
  replace: {
    type: 'choice',
    description: 'What becomes of objects whose immutable fields change.',
    choices: {
      Never: 'They are refused.',
      WhenImmutable: 'They are made anew; never Namespaces, CustomResourceDefinitions and volumes.',
    } satisfies Record<Policy['replace'], string>,
    default: defaultPolicy.replace,
  },
  maxDeletions: {
    type: 'count',
    description:
      'The most deletions that one run may plan without being asked, as a number or as a share such as 20%. Missing, half of the objects, and at least four.',
    percent: true,
  },
  healthChecks: {
    type: 'list',
    description: "When objects of a kind are healthy, as CEL expressions over its fields: `status.phase == 'Running'`.",
    items: healthCheck,
  },
  historyLimit: {
    type: 'count',
    description: 'Revisions that are kept for a rollback.',
    default: defaultPolicy.historyLimit,
  },
};
