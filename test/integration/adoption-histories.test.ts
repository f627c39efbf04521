/** Whatever was written how, and by whom: the plan of an adoption is what becomes of the object, to the field. */
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { adopting, adoptionWorld, lastApplied, type Made, shown } from '../support/adoption.ts';
import { defineThings, full, partOf } from '../support/things.ts';

const world = adoptionWorld();
let group: string;
beforeEach(async () => {
  group = `${world.namespace}.example.org`;
  await defineThings(world.cluster, group);
});

/** Other values in the same places. */
function changed(value: unknown): unknown {
  if (Array.isArray(value) && typeof value[0] === 'string') return value.map((each) => `${each}!`);
  if (Array.isArray(value)) return value.map((each) => ({ ...(changed(each) as object), name: each.name }));
  if (typeof value !== 'object' || value === null) return `${value}!`;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, changed(inner)]));
}

/** Passes over what the API server does not take from anybody: an object that somebody has, and of which the last field goes. */
function unlessNull(refusal: unknown): never {
  fc.pre(!/Invalid value: \\*"null/.test(String(refusal)));
  throw refusal;
}

const spec = fc.oneof(partOf(full), partOf(changed(full))).map((fields) => ({ ...(fields as object), a: 'a' }));
/**
 * Lists are written whole by a merge patch, so nobody has them in part. Of who writes only inside of entries of a map nothing tells
 * that they are no fields.
 */
const editOf = (manager: string) =>
  spec.map((fields) => {
    const { items: _list, structs: _map, free: _free, ...rest }: Record<string, unknown> = fields;
    return { step: 'edit' as const, manager, fields: rest };
  });
const step = fc.oneof(
  ...['kubectl-edit', 'kubectl-patch', 'controller', 'kubectl-rollout'].map(editOf),
  spec.map((fields) => ({ step: 'apply' as const, manager: 'applier', fields })),
  spec.map((fields) => ({ step: 'apply' as const, manager: 'kubectl', fields })),
  fc.constant({ step: 'wipe' as const }),
);

it('shows what is taken over and what goes, and nothing is left to do after it', async () => {
  const histories = fc.record({
    made: fc.constantFrom('kubectl-client-side-apply', 'kubectl-create', 'pipeline'),
    written: spec,
    steps: fc.array(step, { maxLength: 4 }),
    wants: fc.array(spec, { minLength: 2, maxLength: 3 }),
  });
  let count = 0;
  await fc.assert(
    fc.asyncProperty(histories, async ({ made, written, steps, wants }) => {
      const name = `it-${++count}`;
      const thing = (fields: object, metadata: object = {}) =>
        ({
          apiVersion: `${group}/v1`,
          kind: 'Thing',
          metadata: { name, namespace: world.namespace, ...metadata },
          spec: fields,
        }) as unknown as Made;
      const annotations = { [lastApplied]: JSON.stringify(thing(written)) };
      await world.create(thing(written, made === 'kubectl-create' ? {} : { annotations }), made);
      for (const one of steps) {
        if (one.step === 'wipe') await world.wipe(thing({}));
        else if (one.step === 'edit') await world.edit(thing({}), { spec: one.fields }, one.manager);
        else await world.cluster.apply(thing(one.fields), one.manager).catch(unlessNull);
      }
      for (const fields of wants) {
        const definitions = [world.wanted(thing(fields), name)];
        const [row] = (await world.engine.plan(definitions, adopting())).owners[0]?.changes ?? [];
        // An object that is ours is not taken from others by force.
        if (row?.action === 'skip' && row.code === 'CONFLICT') return;
        if (row?.action === 'skip') unlessNull(row.reason);
        await world.applyExactly(thing({}), definitions, 'IfUnowned').catch(unlessNull);
        expect(shown(await world.engine.plan(definitions, adopting()))).toEqual([]);
      }
    }),
    { numRuns: 40 },
  );
});
