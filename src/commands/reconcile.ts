/** `vidra reconcile`: asks the operator to look at definitions now, and waits for what comes of it. */
import type { Cluster } from '../cluster/cluster.ts';
import { definitionAnnotations } from '../definition/annotations.ts';
import { awaitObjects } from '../engine/await-objects.ts';
import { VidraError } from '../errors.ts';
import { conditionOf } from '../manifest/condition.ts';
import type { Health } from '../manifest/health.ts';
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import { referenceOf } from '../manifest/manifest.ts';
import { printable } from '../view/printable.ts';
import { withHome } from './home.ts';
import { annotating, argumentOf, changeDefinition, namedDefinitions, titleOf } from './named-definitions.ts';
import { printText } from './print.ts';
import type { NamedOptions } from './suspend.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

export interface ReconcileOptions extends NamedOptions {
  readonly wait?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

export function reconcile(
  names: readonly string[],
  options: ReconcileOptions,
  terminal: Terminal,
): Promise<ExitStatus> {
  return withHome(options, terminal, async ({ cluster }): Promise<ExitStatus> => {
    const named = await namedDefinitions(cluster, names, options);
    const suspended = named.filter(({ spec }) => (spec as JsonObject | undefined)?.['suspend'] === true);
    const definitions = named.filter((one) => !suspended.includes(one));
    if (suspended.length > 0 && !options.all)
      throw new VidraError('USAGE', `suspended; to go on: vidra resume ${suspended.map(argumentOf).join(' ')}`, {
        subject: suspended.map(titleOf).join(', '),
      });
    const asked = new Date().toISOString();
    for (const definition of definitions) {
      terminal.signal.throwIfAborted();
      const { reconcile: name } = definitionAnnotations;
      await changeDefinition(cluster, definition, (object) => annotating(object, name, asked));
    }
    if (options.wait) return awaitHandled(cluster, definitions, asked, options, terminal);
    printText(
      definitions.map((one) => `${titleOf(one)} is to be reconciled`),
      terminal,
    );
    return 0;
  });
}

/** 1 when one of them is not ready. Throws INTERRUPTED, and TIMEOUT when an operator has not handled one in time. */
async function awaitHandled(
  cluster: Cluster,
  definitions: readonly Manifest[],
  asked: string,
  { timeout }: ReconcileOptions,
  terminal: Terminal,
): Promise<ExitStatus> {
  const judge = (object: Manifest | undefined) => outcomeOf(object, asked);
  const awaited = definitions.map((definition) => ({ cluster, reference: referenceOf(definition), judge }));
  // Objects without Vidra's label are found by their names alone.
  const sights = await Promise.all(
    awaited.map(async (one) => {
      const [sight] = await awaitObjects([one], { signal: terminal.signal, until: Date.now() + timeout });
      return { health: sight?.health, title: `${one.reference.kind} ${one.reference.name}` };
    }),
  );
  terminal.signal.throwIfAborted();
  printText(
    sights.map(({ title, health }) =>
      printable(`${title} ${health?.state === 'current' ? 'is ready' : 'is not ready: '}${health?.reason ?? ''}`),
    ),
    terminal,
  );
  const late = sights.filter(({ health }) => !health || health.state === 'progressing');
  if (late.length > 0)
    throw new VidraError('TIMEOUT', 'no operator has handled it in time; does one run (vidra watch, or the chart)?', {
      subject: late.map(({ title }) => title).join(', '),
    });
  return sights.every(({ health }) => health?.state === 'current') ? 0 : 1;
}

/** Ready is decided, for the very request. */
function outcomeOf(object: Manifest | undefined, asked: string): Health {
  if (!object) return { state: 'failed', reason: 'it is gone' };
  const status = (object['status'] ?? {}) as JsonObject;
  const ready = conditionOf(status, 'Ready');
  if (status['lastHandledReconcile'] !== asked || !ready)
    return { state: 'progressing', reason: 'it is not handled yet' };
  if (ready.status === 'True') return { state: 'current', reason: '' };
  const reason = ready.message || ready.reason || '';
  return { state: ready.status === 'False' ? 'failed' : 'progressing', reason };
}
