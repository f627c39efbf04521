/** `vidra release` and `vidra move`: whose an object is, decided by naming it. */
import { carryOutMove, type Move, planMoves } from '../engine/move.ts';
import { findRecorded, prepareRelease } from '../engine/request.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import { describe } from '../manifest/manifest.ts';
import { printableLine } from '../view/printable.ts';
import { confirm } from './ask.ts';
import { type Action, carryOutPlan } from './carry-out.ts';
import { statusOfPlan } from './exit-status.ts';
import type { MoveOptions, ReleaseOptions } from './flags.ts';
import { objectName } from './object-name.ts';
import { runPhase } from './phase.ts';
import { printPlan, printText } from './print.ts';
import { withTarget } from './target.ts';
import { type ExitStatus, isInteractive, type Terminal } from './terminal.ts';

const release: Action = { verb: 'Released', question: 'Let these objects go' };

/** Lets objects go: they stay as they are, as nobody's. */
export function letGo(objects: readonly string[], options: ReleaseOptions, terminal: Terminal): Promise<ExitStatus> {
  const names = objects.map(objectName);
  return withTarget(options, nothingElse, terminal, async (target) => {
    const prepared = await runPhase(options, terminal, () => prepareRelease(target, names, options.owner));
    if (!options.dryRun) return carryOutPlan(prepared, release, target, options, terminal);
    await printPlan(prepared.value, options, terminal);
    return statusOfPlan(prepared.value, options.detailedExitcode === true);
  });
}

/** Gives objects from one owner to another one. */
export function move(objects: readonly string[], options: MoveOptions, terminal: Terminal): Promise<ExitStatus> {
  const names = objects.map(objectName);
  return withTarget(options, nothingElse, terminal, async (target): Promise<ExitStatus> => {
    const moves = await planMoves(target, await findRecorded(target, names, options.from), options.to);
    mustBeOneOwnersEach(moves);
    if (options.dryRun) return tell(moves, 'would go', terminal);
    const asked = !options.yes && isInteractive(terminal);
    if (asked) tell(moves, 'would go', terminal);
    if (asked && !(await confirm('Move these objects?', terminal)))
      throw new VidraError('NOT_CONFIRMED', 'the answer was not yes; nothing was changed');
    await moveAll(target, moves, terminal);
    return tell(moves, 'went', terminal);
  });
}

const nothingElse = { prune: false, validate: false, overrides: {} };

async function moveAll(target: Target, moves: readonly Move[], { signal }: Terminal): Promise<void> {
  for (const one of moves) {
    signal.throwIfAborted();
    await carryOutMove(target, one);
  }
}

// Taken from two owners at once, it would have to be given up by both.
function mustBeOneOwnersEach(moves: readonly Move[]): void {
  const names = moves.map(({ reference }) => describe(reference));
  const shared = moves.find(({ reference }, index) => names.indexOf(describe(reference)) !== index);
  if (!shared) return;
  const owners = moves.filter(({ reference }) => describe(reference) === describe(shared.reference));
  const message = `has the owners ${owners.map(({ from }) => from.name).join(', ')}; say whose with --from`;
  throw new VidraError('USAGE', message, { subject: describe(shared.reference) });
}

function tell(moves: readonly Move[], how: string, terminal: Terminal): ExitStatus {
  const lines = moves.map(({ reference, from, to }) => `${describe(reference)} ${how} from ${from.name} to ${to.name}`);
  printText(lines.map(printableLine), terminal);
  return 0;
}
