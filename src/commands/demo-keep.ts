/** A demo that stays: says what can be done with it, and plays Infrahub as long as somebody is there to end that. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { VidraError } from '../errors.ts';
import { stopControlPlane } from '../sandbox/control-plane.ts';
import type { InfrahubDouble } from '../sandbox/infrahub.ts';
import type { Sample } from '../sandbox/samples.ts';
import { namespaceOf, type Scene } from './demo-story.ts';
import { definitionFile } from './demo-verbs.ts';
import { printText } from './print.ts';
import { type ExitStatus, isInteractive, type Terminal } from './terminal.ts';

const artifactFolder = 'artifacts';

/** Returns at once where nobody is there, else when that person has had enough. */
export async function leaveRunning(scene: Scene, samples: readonly Sample[], terminal: Terminal): Promise<void> {
  const { stage, teller, infrahub } = scene;
  const end = `vidra demo --stop ${dirname(stage.folder)}`;
  teller.say('The demo ends its story here and stays, so that you can go on with it.');
  if (!isInteractive(terminal)) {
    teller.say(
      'Infrahub ends with this command, so plan and apply find no source any more. What is in the cluster stays:',
    );
    teller.show(...setting(scene, terminal), ...looking(scene));
    teller.say('And this ends it:');
    return teller.show(`    ${end}`);
  }
  const close = serveFiles(join(stage.folder, artifactFolder), samples, infrahub);
  teller.say('In another terminal, change what you like, and see what Vidra says:');
  const editing = [
    `    cd ${stage.folder}`,
    `    \${EDITOR:-vi} ${artifactFolder}/shop.yaml        # what Infrahub renders`,
    `    kubectl edit configmap site-settings -n ${namespaceOf(stage)}`,
    `    vidra plan -f ${definitionFile}`,
    `    vidra apply -f ${definitionFile} --no-wait`,
  ];
  teller.show(...setting(scene, terminal), ...looking(scene), ...editing);
  teller.say(`Infrahub answers until you press Ctrl-C here. The control plane goes on until you type: ${end}`);
  if (!terminal.signal.aborted) await once(terminal.signal, 'abort');
  close();
  teller.say('Infrahub has ended.');
}

/** Ends a control plane that was kept; `folder` is what `--keep` printed. Throws USAGE when there is none. */
export async function stopKept(folder: string, terminal: Terminal): Promise<ExitStatus> {
  const path = resolve(terminal.cwd, folder);
  const isStopped = await stopControlPlane(path);
  if (!isStopped) throw new VidraError('USAGE', 'no control plane lives there', { subject: path });
  printText([`The control plane in ${path} has ended, and its folder is gone.`], terminal);
  return 0;
}

function setting({ stage }: Scene, terminal: Terminal): string[] {
  // Whoever calls it by another name than vidra may have none of that name.
  const path = resolve(terminal.cwd, process.argv[1] ?? '');
  const alias = basename(path) === 'vidra' ? [] : [`    alias vidra='node "${path}"'`];
  return [`    export KUBECONFIG=${stage.kubeconfig}`, ...alias];
}

function looking({ stage }: Scene): string[] {
  return [
    `    kubectl get all,ingress,configmap -n ${namespaceOf(stage)}`,
    `    vidra prune --set ${stage.set} --dry-run`,
  ];
}

/** Writes the artifacts into files, and takes what becomes of the files for what Infrahub renders. Returns how to end that. */
function serveFiles(folder: string, samples: readonly Sample[], infrahub: InfrahubDouble): () => void {
  mkdirSync(folder);
  const pathOf = (sample: Sample) => join(folder, `${sample.object?.label ?? sample.name}.yaml`);
  for (const sample of samples) writeFileSync(pathOf(sample), sample.content);
  const watcher = watch(folder, () => {
    for (const sample of samples) {
      const path = pathOf(sample);
      if (existsSync(path)) infrahub.setArtifact({ ...sample, content: readFileSync(path, 'utf8') });
      else infrahub.removeArtifact(sample.id);
    }
  });
  // The folder may go away before this process does.
  watcher.on('error', () => watcher.close());
  return () => watcher.close();
}
