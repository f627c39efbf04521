/** What the status of definitions tells. */
import type { Definition } from './definition.ts';
import type { CountRule, Fields, ListRule, MappingRule, Rule } from './rule.ts';

const text = { type: 'text' } as const;

const state: Rule = {
  type: 'choice',
  description: 'In one word.',
  choices: {
    Pending: 'Nothing was done yet.',
    Running: 'A reconcile is under way.',
    Succeeded: 'The last one did all that there was to do.',
    Failed: 'Something was wrong with the last one.',
    Stale: 'The source has something newer, or could not be read.',
  },
};

const condition: MappingRule = {
  type: 'mapping',
  fields: {
    type: {
      type: 'text',
      required: true,
      longest: 316,
      pattern:
        /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$/,
    },
    status: { type: 'choice', required: true, choices: { True: '', False: '', Unknown: '' } },
    observedGeneration: { type: 'count' },
    lastTransitionTime: { type: 'time', required: true },
    reason: {
      type: 'text',
      required: true,
      filled: true,
      longest: 1024,
      pattern: /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/,
    },
    message: { type: 'text', required: true, longest: 32768 },
  },
};

/** What it means that a condition holds, by its type. */
export const conditionMeanings = {
  Ready: 'All that the definition wants is in the cluster and, unless `wait` is false, healthy.',
  Reconciling: 'Something is under way, or will be tried again by itself.',
  Stalled: 'Nothing goes on until somebody changes something: the definition, a right, or what was asked.',
  Healthy: 'All objects are healthy, by the rules of their kinds and by `healthChecks`.',
  Drifted: 'The cluster is not as the definition wants it.',
} as const;

const conditions: ListRule = {
  type: 'list',
  description: `${Object.keys(conditionMeanings).join(', ')}: for people and for tools that wait.`,
  keys: ['type'],
  items: condition,
};

const count = (description: string): CountRule => ({ type: 'count', description });

const plannedChanges: MappingRule = {
  type: 'mapping',
  description: 'How many objects that plan would change, by what would be done with them.',
  fields: {
    create: count('Made.'),
    update: count('Changed in place.'),
    replace: count('Deleted and made anew.'),
    rename: count('Made under another name, and deleted under the old one.'),
    adopt: count('Taken over.'),
    delete: count('Deleted.'),
    release: count("Left to their other owners, or as nobody's."),
    skip: count('Left as they are, though they should change.'),
  },
};

const common: Fields = {
  lastError: { ...text, description: 'What went wrong last; empty after a success.' },
  lastSyncTime: { type: 'time', description: 'When the last reconcile ended of which there was something to say.' },
  conditions,
  observedGeneration: count('The metadata.generation that this status speaks of.'),
  lastAttemptedRevision: { ...text, description: 'Revision of the source that was planned last.' },
  lastAppliedRevision: { ...text, description: 'Revision of the source that was applied last without a failure.' },
  lastHandledReconcile: { ...text, description: 'Value of the annotation that asked for a reconcile last.' },
  planDigest: { ...text, description: 'Digest of the plan that waits, in the modes Observe and Approve.' },
  plannedChanges,
  owners: count('How many owners of objects it has: one for each artifact.'),
  objects: count('How many objects these have.'),
};

const yielded: MappingRule = {
  type: 'mapping',
  fields: {
    field: { ...text, required: true },
    manager: { ...text, required: true },
    subresource: text,
    autoscaler: { ...text, description: 'The HorizontalPodAutoscaler that the manager acts for.' },
    held: { ...text, description: "Digest of the manager's entries in metadata.managedFields.", required: true },
  },
};

const contest: MappingRule = {
  type: 'mapping',
  description: 'How often in a row it was taken back from the same writer.',
  fields: {
    manager: { ...text, description: 'Field manager; missing when the object does not say who changed it.' },
    times: { type: 'count', required: true },
    since: { type: 'time', required: true },
  },
};

const managedResource: MappingRule = {
  type: 'mapping',
  fields: {
    apiVersion: { ...text, required: true },
    kind: { ...text, required: true },
    name: { ...text, required: true },
    namespace: text,
    uid: { ...text, description: 'Of the live object.' },
    digest: { ...text, description: 'Of the manifest as it was last applied.' },
    content: { ...text, description: 'Of the same without its name and namespace.' },
    fields: { ...text, description: "Digest of the owner's entry in metadata.managedFields after the last apply." },
    yielded: {
      type: 'list',
      description: 'Fields that were not applied, because they are left to who holds them.',
      items: yielded,
    },
    contest,
    protected: {
      type: 'boolean',
      description: 'Whether its annotation said that it is never to be deleted, when it was last applied.',
    },
    state: { ...text, description: 'pending, applied or deleting.' },
    run: { ...text, description: 'The run that announced the write.' },
  },
};

const inventory: MappingRule = {
  type: 'mapping',
  description: 'What the list of managed resources belongs to.',
  fields: {
    set: { ...text, description: 'The set of definitions that it was applied with.' },
    sync: { ...text, description: 'The InfrahubSync that it comes from.' },
    artifact: { ...text, description: 'Name and id of the artifact.' },
    revision: { ...text, description: 'Of the source, when it was last applied.' },
    checksum: { ...text, description: 'Of the artifact that was applied last.' },
    deletionPolicy: {
      ...text,
      description: 'What becomes of objects that are not wanted any more, where that is not Delete.',
    },
    propagationPolicy: {
      ...text,
      description: 'What the API server does with what a deleted object owns, where that is not Background.',
    },
    complete: { type: 'boolean', description: 'Whether the last run ended with everything applied.' },
    shards: { type: 'count', description: 'Into how many pieces the list is cut. This is the first.' },
  },
};

/** The rules of `status` in a definition of each kind. */
export const statusRules: Readonly<Record<Definition['kind'], MappingRule>> = {
  InfrahubSync: {
    type: 'mapping',
    fields: {
      syncState: state,
      checksums: { type: 'list', description: 'Of the artifacts that were applied last.', items: text },
      ...common,
    },
  },
  VidraResource: {
    type: 'mapping',
    fields: {
      DeployState: state,
      managedResources: {
        type: 'list',
        description: 'Every object that was applied or is about to be.',
        items: managedResource,
      },
      inventory,
      ...common,
    },
  },
};
