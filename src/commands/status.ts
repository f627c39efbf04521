/** `vidra status`: what is kept in the cluster, from definitions over owners to objects, and how it is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { branchesOf, type DefinitionStatus, definitionOf, statusTree } from '../engine/status-tree.ts';
import { survey } from '../engine/survey.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import type { HealthExpressions } from '../manifest/health-checks.ts';
import { printableLine } from '../view/printable.ts';
import { statusDocument } from '../view/status-document.ts';
import { statusLines } from '../view/status-text.ts';
import { definitionsThere } from './definitions-there.ts';
import type { ClusterOptions } from './flags.ts';
import { printDocument, printText, styleOf } from './print.ts';
import { withTarget } from './target.ts';
import type { ExitStatus, Terminal } from './terminal.ts';
import type { OutputFormat } from './view-flags.ts';

export interface StatusOptions extends ClusterOptions {
  readonly output: OutputFormat;
  readonly showObjects?: boolean;
  readonly watch?: boolean;
}

const pauseMs = 2_000;
/** To the top left, and nothing below. */
const clear = '\u001b[H\u001b[2J';

/** Throws NOT_FOUND when nothing has the name. */
export function status(name: string | undefined, options: StatusOptions, terminal: Terminal): Promise<ExitStatus> {
  const rules = { prune: false, validate: false, overrides: {} };
  return withTarget(options, rules, terminal, async (target): Promise<ExitStatus> => {
    let tree = await read(name, target);
    if (name !== undefined && tree.length === 0) throw new VidraError('NOT_FOUND', `nothing here is called ${name}`);
    print(tree, options, terminal);
    while (options.watch && !terminal.signal.aborted) {
      await sleep(pauseMs, undefined, { signal: terminal.signal }).catch(() => undefined);
      const next = await readAgain(name, target, terminal);
      if (next === undefined) continue;
      if (JSON.stringify(next) !== JSON.stringify(tree)) print(next, options, terminal);
      tree = next;
    }
    return 0;
  });
}

/** Nothing while the cluster does not answer: whoever stays waits for it. */
async function readAgain(name: string | undefined, target: Target, { stderr, signal }: Terminal) {
  try {
    return await read(name, target);
  } catch (error) {
    if (!(error instanceof VidraError) || !(error.retry || signal.aborted)) throw error;
    if (!signal.aborted) stderr.write(`${printableLine(error.message)}\n`);
    return undefined;
  }
}

async function read(name: string | undefined, { home, inventory, clusterOf }: Target): Promise<DefinitionStatus[]> {
  const [syncs, resources, all] = await Promise.all([
    definitionsThere(home, 'InfrahubSync'),
    definitionsThere(home, 'VidraResource'),
    inventory.list(),
  ]);
  const objects = [...syncs, ...resources];
  const own = all.filter(({ elsewhere }) => elsewhere === undefined);
  const tree = statusTree(objects, own, new Map());
  // Only what will be shown is looked at.
  const shown = name === undefined ? tree : branchesOf(tree, name);
  const owners = new Set(shown.flatMap((definition) => definition.owners.map((owner) => owner.name)));
  const records = own.filter(({ header }) => owners.has(header.name));
  const checks = new Map(objects.map(({ kind, metadata, spec }) => [`${kind} ${metadata.name}`, checksIn(spec)]));
  const seen = await survey(records, { clusterOf, checksOf: (record) => checks.get(definitionOf(record)) ?? [] });
  const whole = statusTree(objects, own, seen);
  return name === undefined ? whole : branchesOf(whole, name);
}

function checksIn(spec: unknown): readonly HealthExpressions[] {
  return ((spec ?? {}) as { healthChecks?: readonly HealthExpressions[] }).healthChecks ?? [];
}

function print(tree: readonly DefinitionStatus[], options: StatusOptions, terminal: Terminal): void {
  const { stdout } = terminal;
  if (options.output !== 'text') printDocument(statusDocument(tree), options, terminal);
  else {
    if (options.watch && stdout.isTTY) stdout.write(clear);
    const style = styleOf(stdout, options, terminal);
    printText(statusLines(tree, style, { objects: options.showObjects === true }), terminal);
  }
}
