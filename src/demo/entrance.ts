/** The first step of the demo: a cluster to play on. */

import type { DemoOptions } from '../commands/flags.ts';
import type { Terminal } from '../commands/terminal.ts';
import { sampleGroup } from '../sandbox/samples.ts';
import { openStage, type Stage } from './stage.ts';
import type { Teller } from './teller.ts';

const introduction =
  'Vidra keeps Kubernetes clusters in the state that Infrahub describes. Here it does so, from the beginning to the end. ' +
  'The cluster is real, and what you see is what the commands print. Only Infrahub is played, by a small server that answers as Infrahub does.';

const ownText =
  'etcd, the API server and the controllers of Kubernetes start in a temporary folder. There are no machines, so no Pod ever runs, ' +
  'and nothing here waits for one (--no-wait).';

const buildText =
  'They are not on this machine yet, so they are built from source now. That takes ten minutes or so, this once; then they start in seconds.';

/** Throws CONTROL_PLANE_*, CLUSTER_*, KUBECONFIG_INVALID, INTERRUPTED. */
export async function enter(options: DemoOptions, terminal: Terminal, teller: Teller): Promise<Stage> {
  const { context } = options;
  teller.say(introduction);
  let stage: Stage | undefined;
  const title = context === undefined ? 'A cluster of its own' : 'Your cluster';
  await teller.step(title, context === undefined ? [ownText] : [], async () => {
    stage = await openStage(options, terminal, () => teller.say(buildText));
    teller.say(`Kubernetes answers at ${stage.cluster.server}.`, ...(context === undefined ? [] : promise(stage)));
  });
  return stage as Stage;
}

function promise({ prefix }: Stage): string[] {
  return [
    `All that is made there is in namespaces whose names start with ${prefix}, but for one kind of objects, of the group ${sampleGroup}. ` +
      'All of it is taken away in the end, also if a step fails or you press Ctrl-C. Nothing waits until Pods run (--no-wait).',
  ];
}
