/** The library: what programs may import. Everything else may change without notice. */

export type { Cluster } from './cluster/cluster.ts';
export { connectCluster } from './cluster/connect.ts';
export type { Definition, Destination, InfrahubSync, VidraResource } from './definition/definition.ts';
export { loadDefinitions, type ParsedDefinitions, parseDefinitions } from './definition/parse.ts';
export { type CarryOutOptions, carryOut } from './engine/carry-out.ts';
export { prepare } from './engine/prepare.ts';
export type { Outcome, Result, Run, RunEvent } from './engine/run.ts';
export type { Target } from './engine/target.ts';
export { type ErrorCode, errorTable, VidraError } from './errors.ts';
export { connectInventory } from './inventory/connect.ts';
export type { Inventory } from './inventory/inventory.ts';
export { type Change, type Difference, hasChanges, hasProblems, type OwnerPlan, type Plan } from './plan/plan.ts';
export { fileSource } from './source/files.ts';
export { infrahubSource } from './source/infrahub.ts';
export { createInfrahubClient } from './source/infrahub-client.ts';
export type { Artifact, Snapshot, Source } from './source/source.ts';
