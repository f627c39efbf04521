/** `vidra demo`: the main job on real parts, told from the beginning to the end; and nothing of it stays behind. */

import type { DemoOptions } from '../commands/flags.ts';
import type { ExitStatus, Terminal } from '../commands/terminal.ts';
import { VidraError } from '../errors.ts';
import { startInfrahub } from '../sandbox/infrahub.ts';
import { durationText } from '../view/quantity.ts';
import { demoArtifacts } from './artifacts.ts';
import { cleanUp } from './cleanup.ts';
import { enter } from './entrance.ts';
import { leaveRunning, stopKept } from './keep.ts';
import { type Leftovers, watchLeftovers } from './leftovers.ts';
import { createRequestCounter } from './requests.ts';
import { type Scene, tellBeginning, tellEnd } from './story.ts';
import { createTeller } from './teller.ts';
import { createVerbs } from './verbs.ts';

/** Throws CONTROL_PLANE_*, CLUSTER_*, KUBECONFIG_INVALID, USAGE, and DEMO_FAILED when a step does not end as it should. */
export async function demo(options: DemoOptions, terminal: Terminal): Promise<ExitStatus> {
  if (options.stop !== undefined) return stopKept(options.stop, terminal);
  if (options.kubeconfig !== undefined && options.context === undefined) {
    throw new VidraError('USAGE', 'the demo plays on a cluster of yours only when --context names it');
  }
  try {
    await play(options, terminal);
    return 0;
  } catch (error) {
    if (!terminal.signal.aborted || (error instanceof VidraError && error.code === 'DEMO_FAILED')) throw error;
    terminal.stderr.write(
      options.context === undefined ? 'Interrupted. Nothing of the demo is left.\n' : 'Interrupted.\n',
    );
    return 130;
  }
}

async function play(options: DemoOptions, terminal: Terminal): Promise<void> {
  const requests = createRequestCounter();
  const teller = createTeller(options, terminal, requests.take);
  const stage = await enter(options, terminal, teller);
  const start = performance.now();
  let stays = false;
  try {
    const infrahub = await startInfrahub();
    try {
      requests.name(stage.cluster.server, 'the cluster');
      requests.name(infrahub.address, 'Infrahub');
      const artifacts = demoArtifacts(stage.prefix, stage.own ? 'fixed' : 'unique');
      const verbs = createVerbs(stage, options, terminal, { announce: teller.command, watch: requests.during });
      stays = await perform({ stage, infrahub, artifacts, teller, verbs, requests }, options, terminal);
    } finally {
      await infrahub.close();
    }
  } finally {
    await stage.close({ keep: stays });
  }
  if (stays) return;
  const took = `That was Vidra, in ${durationText(performance.now() - start)}.`;
  teller.say(stage.own ? `${took} The control plane has ended; with --keep it stays, for you to go on.` : took);
}

/** From the artifacts to the end. Answers whether the cluster stays. */
async function perform(scene: Scene, options: DemoOptions, terminal: Terminal): Promise<boolean> {
  const { stage, artifacts } = scene;
  const samples = [artifacts.shared, artifacts.shop, artifacts.blog, artifacts.machine];
  const leftovers = await watchLeftovers(
    stage,
    samples.map(({ id }) => id),
  );
  try {
    await tellBeginning(scene);
    if (options.keep) {
      await leaveRunning(scene, terminal);
      return true;
    }
    await tellEnd(scene);
    await giveUp(scene, leftovers);
    return false;
  } catch (error) {
    if (!stage.own) await cleanUp(stage, leftovers, options, terminal);
    throw error;
  }
}

/** The last step: the cluster is as it was before. */
function giveUp({ stage, teller, verbs }: Scene, leftovers: Leftovers): Promise<void> {
  const text =
    'Without definitions, prune gives a whole set up when it is told its name. It waits until everything is gone. ' +
    'Kubernetes itself waits five seconds before it empties a Namespace.';
  return teller.step('Everything goes', [text], async () => {
    await verbs.pruneSet();
    const left = await leftovers.clear();
    teller.say(
      `The demo has deleted the namespace ${stage.recordNamespace}, too, where Vidra had its records. ${left}`,
    );
  });
}
