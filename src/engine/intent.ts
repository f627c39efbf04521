/** What becomes of one owner, before its cluster is asked. */
import { defaultPolicy, type Policy } from '../definition/policy.ts';
import { type ErrorCode, VidraError } from '../errors.ts';
import { destinationServer, type InventoryRecord, isOfSet, type OwnerHeader } from '../inventory/inventory.ts';
import type { decode } from '../manifest/decode.ts';
import type { LocatedManifest } from '../manifest/manifest.ts';
import type { Problem } from '../plan/plan.ts';

export interface OwnerIntent {
  readonly header: OwnerHeader;
  readonly record: InventoryRecord | undefined;
  readonly policy: Policy;
  readonly wish:
    | { readonly type: 'wanted'; readonly manifests: readonly LocatedManifest[]; readonly namespace: string }
    | { readonly type: 'leaving'; readonly reason: string }
    | { readonly type: 'waiting'; readonly reason: string };
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

export interface Intents {
  readonly owners: readonly OwnerIntent[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** An owner that has what was decoded; or that waits, because its record is for something else. */
export function wanted(
  header: OwnerHeader,
  decoded: ReturnType<typeof decode>,
  namespace: string,
  record: InventoryRecord | undefined,
  set: string,
  policy: Policy,
): OwnerIntent {
  const problems = decoded.problems.map(problemOf);
  if (record && !isOfSet(record.header, set)) {
    return refused(record, 'SET_MISMATCH', `belongs to the set "${record.header.set}"`);
  }
  // What it has at the old place would be nobody's: the record of an owner is of one cluster.
  const place = record && destinationServer(record.header.server);
  if (record && record.entries.size > 0 && place !== header.server) {
    const [here, there] = [place, header.server].map((server) => server || 'the home cluster');
    const message = `has its objects in ${here}, and they do not move to ${there} by themselves: put spec.destination back, or take the definition away first (with --prune, where it is in a file), which deletes them unless its deletionPolicy is Orphan, and make it anew`;
    return refused(record, 'DEFINITION_INVALID', message);
  }
  return {
    header: headerWith(header, policy),
    record,
    policy,
    wish: { type: 'wanted', manifests: decoded.manifests, namespace },
    problems,
    notes: decoded.warnings,
  };
}

/** An owner that loses everything that nobody else wants; by the rules of its definition, where that can still be asked. */
export function leaving(record: InventoryRecord, reason: string, policy = policyOf(record)): OwnerIntent {
  return {
    header: record.header,
    record,
    policy,
    wish: { type: 'leaving', reason },
    problems: [],
    notes: [],
  };
}

/** An owner that keeps what it has, whatever that is. */
export function waiting(record: InventoryRecord, reason: string): OwnerIntent {
  return {
    header: record.header,
    record,
    policy: policyOf(record),
    wish: { type: 'waiting', reason },
    problems: [],
    notes: [],
  };
}

/** Whether what gave objects before gives nothing now, not even something wrong: a template that fails does so as easily as one that means it. */
export function isEmptied(record: InventoryRecord, { manifests, problems }: ReturnType<typeof decode>): boolean {
  return record.entries.size > 0 && manifests.length + problems.length === 0;
}

/** An owner that keeps what it has because its text, `what`, is empty. */
export function emptied(record: InventoryRecord, subject: string, what: string): OwnerIntent {
  const message = `${what} is empty; nothing of what it gave before (objects: ${record.entries.size}) is deleted`;
  const problem = problemOf(new VidraError('SOURCE_EMPTY', message, { subject }));
  return { ...waiting(record, `${what} is empty`), problems: [problem] };
}

// A definition that left cannot be asked any more.
function headerWith(header: OwnerHeader, { deletionPolicy, propagationPolicy }: Policy): OwnerHeader {
  return {
    ...header,
    ...(deletionPolicy !== defaultPolicy.deletionPolicy && { deletionPolicy }),
    ...(propagationPolicy !== defaultPolicy.propagationPolicy && { propagationPolicy }),
  };
}

/** What an owner's definition said of its end, as far as the record knows it. */
function policyOf({ header }: InventoryRecord): Policy {
  const { deletionPolicy = 'Delete', propagationPolicy = 'Background' } = header;
  return { ...defaultPolicy, deletionPolicy, propagationPolicy };
}

/** Nothing becomes of an owner whose definition is not for its record. */
function refused(record: InventoryRecord, code: ErrorCode, reason: string): OwnerIntent {
  const problem = problemOf(new VidraError(code, reason, { subject: record.header.name }));
  return { ...waiting(record, reason), problems: [problem] };
}

/** An error as plain data. */
export function problemOf(error: VidraError): Problem {
  const { code, message, origin } = error;
  return { code, message, ...(origin && { origin }) };
}

/** One owner, and nothing else. */
export function only(owner: OwnerIntent): Intents {
  return { owners: [owner], problems: [], notes: [] };
}
