/** `vidra suspend` and `vidra resume`: whether the operator minds a definition. */
import type { JsonObject } from '../manifest/manifest.ts';
import type { ClusterOptions } from './flags.ts';
import { withHome } from './home.ts';
import { changeDefinition, namedDefinitions, titleOf } from './named-definitions.ts';
import { printText } from './print.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

export interface NamedOptions extends ClusterOptions {
  readonly all?: boolean;
}

export function suspend(names: readonly string[], options: NamedOptions, terminal: Terminal): Promise<ExitStatus> {
  return set(true, names, options, terminal);
}

export function resume(names: readonly string[], options: NamedOptions, terminal: Terminal): Promise<ExitStatus> {
  return set(false, names, options, terminal);
}

const says = {
  true: { done: 'is suspended', before: 'was suspended already' },
  false: { done: 'goes on', before: 'was not suspended' },
} as const;

function set(value: boolean, names: readonly string[], options: NamedOptions, terminal: Terminal): Promise<ExitStatus> {
  return withHome(options, terminal, async ({ cluster }): Promise<ExitStatus> => {
    for (const definition of await namedDefinitions(cluster, names, options)) {
      terminal.signal.throwIfAborted();
      const changed = await changeDefinition(cluster, definition, ({ spec }) => {
        const isSuspended = (spec as JsonObject | undefined)?.['suspend'] === true;
        return isSuspended === value ? [] : [{ op: 'add', path: '/spec/suspend', value }];
      });
      printText([`${titleOf(definition)} ${says[`${value}`][changed ? 'done' : 'before']}`], terminal);
    }
    return 0;
  });
}
