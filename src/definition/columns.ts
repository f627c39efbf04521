/** What kubectl prints of definitions. */
import type { Definition } from './definition.ts';

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'date' | 'boolean' | 'integer';
  readonly jsonPath: string;
  /** Only with `-o wide`. */
  readonly wide?: true;
}

const ready = { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' } as const;
const status = { name: 'Status', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].message' } as const;
const suspended = { name: 'Suspended', type: 'boolean', jsonPath: '.spec.suspend' } as const;
const age = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' } as const;
const wide = (version: Column): readonly Column[] => [
  { name: 'Mode', type: 'string', jsonPath: '.spec.mode', wide: true },
  { name: 'Destination', type: 'string', jsonPath: '.spec.destination.server', wide: true },
  version,
  { name: 'Last Sync', type: 'date', jsonPath: '.status.lastSyncTime', wide: true },
];

/** In their order. */
export const columns: Readonly<Record<Definition['kind'], readonly Column[]>> = {
  InfrahubSync: [
    { name: 'Artifact', type: 'string', jsonPath: '.spec.source.artefactName' },
    { name: 'Branch', type: 'string', jsonPath: '.spec.source.targetBranch' },
    ready,
    status,
    suspended,
    age,
    { name: 'State', type: 'string', jsonPath: '.status.syncState', wide: true },
    { name: 'Infrahub', type: 'string', jsonPath: '.spec.source.infrahubAPIURL', wide: true },
    { name: 'Objects', type: 'integer', jsonPath: '.status.objects', wide: true },
    ...wide({ name: 'Revision', type: 'string', jsonPath: '.status.lastAppliedRevision', wide: true }),
  ],
  VidraResource: [
    { name: 'Artifact', type: 'string', jsonPath: '.status.inventory.artifact' },
    ready,
    status,
    suspended,
    age,
    { name: 'State', type: 'string', jsonPath: '.status.DeployState', wide: true },
    { name: 'Sync', type: 'string', jsonPath: '.status.inventory.sync', wide: true },
    { name: 'Set', type: 'string', jsonPath: '.status.inventory.set', wide: true },
    ...wide({ name: 'Checksum', type: 'string', jsonPath: '.status.inventory.checksum', wide: true }),
  ],
};
