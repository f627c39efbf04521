/** Patience with an API server that still judges instances of a kind by its old definition. */
import { expect, test } from 'vitest';
import { statusError } from '../../../src/cluster/status-error.ts';
import { withFreshKind } from '../../../src/engine/fresh-kind.ts';
import type { WriteChange } from '../../../src/plan/plan.ts';
import { changeOf, desired, observed, owner, planFor } from '../../support/make.ts';

const a = owner('a');
const widget = 'Widget shop/one';
const definition = desired('CustomResourceDefinition widgets.example.org', {
  spec: { group: 'example.org', names: { kind: 'Widget', plural: 'widgets' } },
});
const after = changeOf(planFor([observed(a, { wants: [desired(widget), definition] })]), widget) as WriteChange;
const alone = changeOf(planFor([observed(a, { wants: [desired(widget)] })]), widget) as WriteChange;
const { signal } = new AbortController();

const undeclared = statusError(500, { message: 'failed to create typed patch object (x): field not declared' }, widget);
const invalid = { reason: 'Invalid', details: { causes: [{ field: 'spec.size', reason: 'FieldValueInvalid' }] } };

/** Fails with these errors, one after the other, and then succeeds with the number of attempts. */
function failing(...errors: readonly Error[]): () => Promise<number> {
  let attempts = 0;
  return async () => {
    const error = errors[attempts++];
    if (error) throw error;
    return attempts;
  };
}

test('what comes after its definition is tried again until it is taken', async () => {
  const attempt = failing(undeclared, statusError(422, invalid, widget));
  expect(await withFreshKind(after, signal, attempt)).toBe(3);
});

test('a refusal for other reasons stands, and so does that of what has no fresh definition', async () => {
  const forbidden = statusError(403, { message: 'no' }, widget);
  await expect(withFreshKind(after, signal, failing(forbidden))).rejects.toBe(forbidden);
  await expect(withFreshKind(alone, signal, failing(undeclared))).rejects.toBe(undeclared);
});

test('who ends the run does not wait', async () => {
  const ended = AbortSignal.abort();
  await expect(withFreshKind(after, ended, failing(undeclared))).rejects.toBe(undeclared);
});
