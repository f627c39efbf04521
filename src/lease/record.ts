/** A Lease as data: who holds something, and how long that holds after each renewal. */
import type { JsonObject, Manifest } from '../manifest/manifest.ts';

export interface LeaseRecord {
  /** Empty when nobody does. */
  readonly holder: string;
  readonly durationMs: number;
}

export function readRecord(lease: Manifest): LeaseRecord {
  const { holderIdentity = '', leaseDurationSeconds = 0 } = specOf(lease);
  return { holder: String(holderIdentity ?? ''), durationMs: Number(leaseDurationSeconds) * 1000 };
}

/** The lease as `holder` renews it, or takes it over. */
export function renewed(lease: Manifest, { holder, durationMs }: LeaseRecord, now: Date): Manifest {
  const spec = specOf(lease);
  const { leaseTransitions } = spec;
  const taken =
    spec['holderIdentity'] === holder
      ? {}
      : {
          acquireTime: microTime(now),
          leaseTransitions: leaseTransitions === undefined ? 0 : Number(leaseTransitions) + 1,
        };
  const renewal = { holderIdentity: holder, leaseDurationSeconds: durationMs / 1000, renewTime: microTime(now) };
  return { ...lease, spec: { ...spec, ...renewal, ...taken } };
}

/** The lease as its holder gives it up. The server wants a duration of at least a second. */
export function givenUp(lease: Manifest, now: Date): Manifest {
  const spec = { ...specOf(lease), holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(now) };
  return { ...lease, spec };
}

function specOf(lease: Manifest): JsonObject {
  return (lease['spec'] ?? {}) as JsonObject;
}

// The server takes exactly six digits.
function microTime(time: Date): string {
  return time.toISOString().replace('Z', '000Z');
}
