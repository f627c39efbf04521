/** `vidra takeover`: goes on where upstream's operator has ended. It says what that has left, and applies the cluster's definitions. */
import { upstreamRemains } from '../engine/upstream.ts';
import { connectInventory } from '../inventory/connect.ts';
import { takeoverLines } from '../view/takeover-text.ts';
import { apply } from './apply.ts';
import { definitionType } from './definitions-there.ts';
import type { ApplyOptions } from './flags.ts';
import { withHome } from './home.ts';
import { printText } from './print.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

export type TakeoverOptions = Omit<ApplyOptions, 'filename' | 'allowOutdated'>;

/** Applies nothing where there is nothing to take over. */
export async function takeover(options: TakeoverOptions, terminal: Terminal): Promise<ExitStatus> {
  const remains = await withHome(options, terminal, async ({ cluster, namespace }) => {
    for (const kind of ['InfrahubSync', 'VidraResource'] as const) definitionType(cluster, kind);
    return upstreamRemains(cluster, await connectInventory(cluster, namespace));
  });
  if (options.output === 'text') printText(takeoverLines(remains), terminal);
  return remains.owners.length + remains.objects === 0 ? 0 : apply(undefined, options, terminal);
}
