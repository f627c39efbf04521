/** Every metric of Vidra, with its help text. Loaded late, because its library takes time that most commands have no use for. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Reply } from './server.ts';

/** What is reconciled. */
export interface Subject {
  readonly kind: string;
  readonly name: string;
}

export interface Metrics {
  reconciled(subject: Subject, result: 'succeeded' | 'failed' | 'superseded', seconds: number): void;
  managed(subject: Subject, objects: number): void;
  /** It is not reconciled any more. */
  forget(subject: Subject): void;
  lead(shard: number, isHeld: boolean): void;
  reply(): Promise<Reply>;
}

const secondsBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ['kind', 'name'];
  collectDefaultMetrics({ register: registry });

  const results = new Counter({
    name: 'vidra_reconcile_total',
    help: 'Reconciles by definition and result.',
    labelNames: [...labelNames, 'result'],
    registers,
  });
  const durations = new Histogram({
    name: 'vidra_reconcile_duration_seconds',
    help: 'How long reconciles took.',
    labelNames: ['kind'],
    buckets: secondsBuckets,
    registers,
  });
  const successes = new Gauge({
    name: 'vidra_last_success_timestamp_seconds',
    help: 'When a definition was last reconciled with success, in seconds since 1970.',
    labelNames,
    registers,
  });
  const objects = new Gauge({
    name: 'vidra_managed_objects',
    help: 'Objects on record for a definition.',
    labelNames,
    registers,
  });
  const leader = new Gauge({
    name: 'vidra_leader',
    help: 'Whether this process holds a shard of the work (1) or not (0).',
    labelNames: ['shard'],
    registers,
  });
  const build = new Gauge({ name: 'vidra_build_info', help: 'Always 1.', labelNames: ['version'], registers });
  build.set({ version }, 1);

  return {
    reconciled({ kind, name }, result, seconds) {
      results.inc({ kind, name, result });
      durations.observe({ kind }, seconds);
      if (result === 'succeeded') successes.setToCurrentTime({ kind, name });
    },
    managed: ({ kind, name }, count) => objects.set({ kind, name }, count),
    forget({ kind, name }) {
      for (const result of ['succeeded', 'failed', 'superseded']) results.remove({ kind, name, result });
      for (const gauge of [successes, objects]) gauge.remove({ kind, name });
    },
    lead: (shard, isHeld) => leader.set({ shard }, isHeld ? 1 : 0),
    reply: async () => ({ status: 200, body: await registry.metrics(), type: registry.contentType }),
  };
}
