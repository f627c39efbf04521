/** Conditions, as the status of many kinds has them. */
import type { JsonObject } from './manifest.ts';

export interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

/** The conditions of a status; none where they have another shape. */
export function conditionsOf(status: JsonObject): readonly Condition[] {
  const conditions = status['conditions'];
  if (!Array.isArray(conditions)) return [];
  return conditions.filter((condition) => typeof condition === 'object' && condition !== null) as Condition[];
}

/** The condition of a type. */
export function conditionOf(status: JsonObject, type: string): Condition | undefined {
  return conditionsOf(status).find((condition) => condition.type === type);
}

/** Whether a definition is ready in the version of a `metadata.generation`. */
export function isReadyAt(status: JsonObject, generation: number): boolean {
  const ready = conditionOf(status, 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === generation;
}
