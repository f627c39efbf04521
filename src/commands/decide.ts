/** What is said of definitions that somebody decides over one by one: those that only observe, and those that wait for approval. */
import type { Cluster } from '../cluster/cluster.ts';
import { definitionAnnotations } from '../definition/annotations.ts';
import { type Definition, nameOfDefinition } from '../definition/definition.ts';
import { withdraw } from '../operator/consent.ts';
import { hasChanges, type Plan } from '../plan/plan.ts';
import { planDigest } from '../plan/plan-digest.ts';
import { definitionType } from './definitions-there.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

/** Whether a plan may be carried out. */
export function isApproved(definition: Definition, plan: Plan): boolean {
  const { mode, stored } = definition;
  if (mode === 'Enforce' || stored?.deleting || !hasChanges(plan)) return true;
  if (mode === 'Observe' || !stored) return false;
  return stored.annotations[definitionAnnotations.approve] === planDigest(plan, stored.uid);
}

/** Under a plan that is shown. */
export function decisionLines(definition: Definition, plan: Plan): string[] {
  if (isApproved(definition, plan)) return [];
  return [definition.mode === 'Observe' ? observedLine(definition) : approvalLine(definition, plan)];
}

export function leaveObserved(definition: Definition, terminal: Terminal): ExitStatus {
  terminal.stderr.write(`${observedLine(definition)}\n`);
  return 0;
}

export function leaveUnapproved(definition: Definition, plan: Plan, terminal: Terminal): ExitStatus {
  terminal.stderr.write(`${approvalLine(definition, plan)}\n`);
  return 1;
}

/** Once a plan is carried out, another one that is the same needs another word. */
export async function withdrawApproval(home: Cluster, { kind, name, stored }: Definition): Promise<void> {
  const approval = definitionAnnotations.approve;
  if (stored?.annotations[approval] === undefined) return;
  const type = definitionType(home, kind);
  const object = await home.get(type, { ...type, namespace: '', name });
  if (object) await withdraw(home, { type, object }, stored, [approval]);
}

function observedLine(definition: Definition): string {
  return `${nameOfDefinition(definition)} is left as it is: it only observes, by mode: Observe`;
}

function approvalLine(definition: Definition, plan: Plan): string {
  const { stored } = definition;
  const how = stored
    ? `approve this plan by its annotation ${definitionAnnotations.approve}: ${planDigest(plan, stored.uid)}`
    : 'save its plan by itself with vidra plan --out, and apply that';
  return `${nameOfDefinition(definition)} is left as it is: it waits for approval, by mode: Approve; ${how}`;
}
