/** `vidra approve`: lets the operator carry out the plan of a definition that waits for it. */
import { definitionAnnotations } from '../definition/annotations.ts';
import { VidraError } from '../errors.ts';
import { conditionOf } from '../manifest/condition.ts';
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import { printable } from '../view/printable.ts';
import { mustConfirm } from './ask.ts';
import type { ClusterOptions } from './flags.ts';
import { withHome } from './home.ts';
import { annotating, changeDefinition, namedDefinitions, titleOf } from './named-definitions.ts';
import { printText } from './print.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

export interface ApproveOptions extends ClusterOptions {
  /** Of the plan that is meant; whichever waits, if missing. */
  readonly digest?: string;
  readonly yes?: boolean;
}

/** Who names the digest has seen the plan, and is not asked. Throws NOT_FOUND, PLAN_STALE and NOT_CONFIRMED. */
export function approve(name: string, options: ApproveOptions, terminal: Terminal): Promise<ExitStatus> {
  return withHome(options, terminal, async ({ cluster }): Promise<ExitStatus> => {
    const [definition] = await namedDefinitions(cluster, [name], {});
    if (!definition) return 1;
    const subject = titleOf(definition);
    const digest = waitingDigest(definition);
    if (options.digest !== undefined && options.digest !== digest)
      throw new VidraError('PLAN_STALE', `waits with another plan now: ${digest}`, { subject });
    terminal.stderr.write(`${planLines(definition, digest).map(printable).join('\n')}\n`);
    await mustConfirm('Approve this plan?', { yes: options.yes || options.digest !== undefined }, terminal);
    await changeDefinition(cluster, definition, (object) => {
      // What was shown is what is approved.
      if (waitingDigest(object) !== digest) throw new VidraError('PLAN_STALE', 'has another plan now', { subject });
      return annotating(object, definitionAnnotations.approve, digest);
    });
    printText([`Approved the plan ${digest} of ${subject}.`], terminal);
    return 0;
  });
}

function waitingDigest(definition: Manifest): string {
  const { planDigest } = (definition['status'] ?? {}) as { planDigest?: string };
  const mode = (definition['spec'] as JsonObject | undefined)?.['mode'];
  if (mode !== 'Approve')
    throw new VidraError('USAGE', 'needs no approval: its mode is not Approve', { subject: titleOf(definition) });
  if (planDigest) return planDigest;
  throw new VidraError('NOT_FOUND', 'has no plan that waits', { subject: titleOf(definition) });
}

function planLines(definition: Manifest, digest: string): string[] {
  const status = (definition['status'] ?? {}) as JsonObject;
  const counts = Object.entries((status['plannedChanges'] ?? {}) as Readonly<Record<string, number>>);
  const changes = counts.filter(([, count]) => count > 0).map(([action, count]) => `${count} to ${action}`);
  const message = conditionOf(status, 'Ready')?.message;
  return [
    `${titleOf(definition)} waits with the plan ${digest}: ${changes.join(', ') || 'nothing to do'}.`,
    ...(message ? [`  ${message}`] : []),
  ];
}
