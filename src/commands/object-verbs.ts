/** The verbs that decide whose single objects are. Loaded by every start, so it imports next to nothing. */
import type { Command } from 'commander';
import {
  type AdoptOptions,
  addClusterFlags,
  addDefinitionFlags,
  addMoveFlags,
  addWriteFlags,
  type MoveOptions,
  type ReleaseOptions,
} from './flags.ts';
import type { RunOnMany } from './operator-verbs.ts';
import type { Terminal } from './terminal.ts';
import { addViewFlags } from './view-flags.ts';

const nameOfObjects = 'as plans name them, such as "Service shop/web"';

export function addObjectVerbs(program: Command, runOnMany: RunOnMany, terminal: Terminal): void {
  const load = () => import('./objects.ts');
  const adopt = program
    .command('adopt')
    .argument('<objects...>', nameOfObjects)
    .description('take over objects that exist, and do nothing else');
  addViewFlags(addWriteFlags(addClusterFlags(addDefinitionFlags(adopt, 'required'))));
  adopt.action(runOnMany<AdoptOptions>(async (...given) => (await import('./adopt.ts')).adopt(...given, terminal)));
  const release = program
    .command('release')
    .argument('<objects...>', nameOfObjects)
    .description("let objects go: they stay as they are, as nobody's");
  addClusterFlags(release).option('--owner <name>', 'only this owner lets them go; all of them if not given');
  addViewFlags(addWriteFlags(release));
  release.action(runOnMany<ReleaseOptions>(async (...given) => (await load()).letGo(...given, terminal)));
  const move = program
    .command('move')
    .argument('<objects...>', nameOfObjects)
    .description('give objects from one owner to another one');
  addMoveFlags(addClusterFlags(move));
  move.action(runOnMany<MoveOptions>(async (...given) => (await load()).move(...given, terminal)));
}
