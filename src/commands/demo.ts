/** `vidra demo`: the main job on real parts, told from the beginning to the end; and nothing of it stays behind. */
import { VidraError } from '../errors.ts';
import { startInfrahub } from '../sandbox/infrahub.ts';
import { durationText } from '../view/quantity.ts';
import { demoArtifacts } from './demo-artifacts.ts';
import { cleanUp } from './demo-cleanup.ts';
import { leaveRunning, stopKept } from './demo-keep.ts';
import { watchLeftovers } from './demo-leftovers.ts';
import { createRequestCounter } from './demo-requests.ts';
import { openStage, type Stage } from './demo-stage.ts';
import { type Scene, tellBeginning, tellEnd } from './demo-story.ts';
import { createTeller, type Teller } from './demo-teller.ts';
import { createVerbs } from './demo-verbs.ts';
import type { DemoOptions } from './flags.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

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
    terminal.stderr.write('Interrupted. Nothing of the demo is left.\n');
    return 130;
  }
}

async function play(options: DemoOptions, terminal: Terminal): Promise<void> {
  const requests = createRequestCounter();
  const teller = createTeller(options, terminal, requests.take);
  const start = performance.now();
  const stage = await enter(options, terminal, teller);
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
  if (!stays) teller.say(`That was Vidra's job, in ${durationText(performance.now() - start)}.`);
}

/** The first step: a cluster to play on. */
async function enter(options: DemoOptions, terminal: Terminal, teller: Teller): Promise<Stage> {
  let stage: Stage | undefined;
  const isGiven = options.context !== undefined;
  teller.say(
    'Vidra keeps Kubernetes clusters in the state that Infrahub describes. This is how. ' +
      'The cluster is real, and so is everything that Vidra does; Infrahub is played by a small server that answers as Infrahub does.',
  );
  const onBuild = () => {
    teller.say(
      'It is not here yet. It is built from source now, once: that takes ten minutes or so. After that it starts in seconds.',
    );
  };
  const title = isGiven ? 'Your cluster' : 'A cluster of its own';
  const text = isGiven
    ? `The context ${options.context} leads to it.`
    : 'A real Kubernetes control plane starts in a temporary folder: etcd, API server and controllers. ' +
      'It has no machines, so no Pod ever runs, and nothing here waits for Pods.';
  await teller.step(title, [text], async () => {
    stage = await openStage(options, terminal, onBuild);
    teller.say(...arrival(stage));
  });
  return stage as Stage;
}

function arrival({ own, cluster, prefix }: Stage): string[] {
  if (own) return [`Kubernetes answers at ${cluster.server}.`];
  return [
    `Kubernetes answers at ${cluster.server}. Everything that the demo makes there has a name or a namespace that starts with ${prefix}, ` +
      'but for one kind, VirtualMachine of the group demo.infrahub.operators.com. It takes all of that away again, also when you press Ctrl-C.',
  ];
}

/** From the artifacts to the end, and whether the cluster stays. */
async function perform(scene: Scene, options: DemoOptions, terminal: Terminal): Promise<boolean> {
  const { stage, artifacts, teller, verbs } = scene;
  const samples = [artifacts.shared, artifacts.shop, artifacts.blog, artifacts.machine];
  const ids = samples.map(({ id }) => id);
  const leftovers = await watchLeftovers(stage, ids);
  try {
    await tellBeginning(scene);
    if (options.keep) {
      await leaveRunning(scene, samples, terminal);
      return true;
    }
    await tellEnd(scene);
    const text = ["The whole set is given up. What is left of it goes, and so do Vidra's records."];
    await teller.step('Nothing', text, async () => {
      await verbs.pruneSet();
      teller.say(await leftovers.clear());
    });
    return false;
  } catch (error) {
    if (!stage.own) await cleanUp(stage, leftovers, options, terminal);
    throw error;
  }
}
