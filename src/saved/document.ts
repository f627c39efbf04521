/** A saved plan as text and back: JSON with a format version, in which integers keep all their digits. */
import { VidraError } from '../errors.ts';
import { parseJson, stringifyJson } from '../manifest/json.ts';
import { type JsonObject, type JsonValue, keyOf } from '../manifest/manifest.ts';
import { isObject } from '../manifest/shape.ts';
import { isWrite } from '../plan/order.ts';
import type { Change, OwnerPlan } from '../plan/plan.ts';
import { digestOfSealed } from '../plan/plan-digest.ts';
import { checkSavedPlan } from './check-plan.ts';
import { type SavedPlan, savedPlanKind, savedPlanVersion } from './saved-plan.ts';

/** Rows name what they write by its digest: the manifests stand with the owner. */
export function savedPlanText(saved: SavedPlan): string {
  const owners = saved.plan.owners.map(withDigestsOnly);
  const document = { formatVersion: savedPlanVersion, kind: savedPlanKind, ...saved, plan: { ...saved.plan, owners } };
  return `${stringifyJson(document as unknown as JsonValue)}\n`;
}

/** Throws PLAN_INVALID, which names the field that is wrong. */
export function parseSavedPlan(content: string): SavedPlan {
  const document = readDocument(content);
  const { formatVersion, kind, version } = document;
  if (kind !== savedPlanKind) throw new VidraError('PLAN_INVALID', 'is no saved plan; definitions are given with -f');
  if (formatVersion !== savedPlanVersion) {
    const message = `has the format version ${String(formatVersion)}, and this Vidra reads ${savedPlanVersion}; it was made by Vidra ${String(version)}`;
    throw new VidraError('PLAN_INVALID', message);
  }
  checkSavedPlan(document, '');
  const { formatVersion: _version, kind: _kind, ...fields } = document;
  const sealed = fields as unknown as SavedPlan;
  const plan = { ...sealed.plan, owners: sealed.plan.owners.map(withManifests) };
  if (digestOfSealed(plan, sealed.salt) === plan.digest) return { ...sealed, plan };
  throw new VidraError('PLAN_INVALID', 'does not fit its digest: it was changed after it was saved');
}

function readDocument(content: string): JsonObject {
  let document: JsonValue;
  try {
    document = parseJson(content);
  } catch (cause) {
    const message = content.trimStart().startsWith('{')
      ? 'is cut off, or no JSON'
      : 'is no saved plan; definitions are given with -f';
    throw new VidraError('PLAN_INVALID', message, { cause });
  }
  return isObject(document) ? document : {};
}

function withDigestsOnly(owner: OwnerPlan): object {
  const changes = owner.changes.map((change) =>
    isWrite(change) ? { ...change, desired: { digest: change.desired.digest } } : change,
  );
  return { ...owner, changes };
}

function withManifests(owner: OwnerPlan, index: number): OwnerPlan {
  const desired = new Map(owner.desired.map((one) => [keyOf(one.reference), one]));
  const changes = owner.changes.map((change, row): Change => {
    if (!isWrite(change)) return change;
    const found = desired.get(keyOf(change.reference));
    if (found?.digest === change.desired.digest) return { ...change, desired: found };
    const path = `plan.owners[${index}].changes[${row}]`;
    throw new VidraError('PLAN_INVALID', `${path} writes what is not in plan.owners[${index}].desired`);
  });
  return { ...owner, changes };
}
