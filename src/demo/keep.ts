/** A demo that stays: says what can be done with it, and plays Infrahub as long as somebody is there to end that. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { printText } from '../commands/print.ts';
import { type ExitStatus, isInteractive, type Terminal } from '../commands/terminal.ts';
import { VidraError } from '../errors.ts';
import { stopControlPlane } from '../sandbox/control-plane.ts';
import type { InfrahubDouble } from '../sandbox/infrahub.ts';
import { namespaceOf, type Scene } from './story.ts';
import { definitionFile } from './verbs.ts';

const artifactFolder = 'artifacts';

/** Returns at once where nobody is there, else when that person has had enough. */
export async function leaveRunning({ stage, teller, infrahub }: Scene, terminal: Terminal): Promise<void> {
  const program = programOf(terminal);
  const end = `    ${program} demo --stop ${dirname(stage.folder)}`;
  const setting = [
    `    export KUBECONFIG=${stage.kubeconfig}`,
    ...(program === 'vidra' ? [] : [`    alias vidra='${program}'`]),
  ];
  const looking = [
    `    kubectl get all,ingress,configmap -n ${namespaceOf(stage)}`,
    `    vidra prune --set ${stage.set} --dry-run`,
  ];
  teller.say('Here the story stops, so that you can go on with it.');
  if (!isInteractive(terminal)) {
    teller.say('Infrahub ends with this command, and plan and apply need it. What is in the cluster stays:');
    teller.show(...setting, ...looking);
    teller.say('This ends it:');
    return teller.show(end);
  }
  const close = serveFiles(join(stage.folder, artifactFolder), infrahub);
  teller.say('Change what you like in another terminal, and see what Vidra says:');
  teller.show(
    ...setting,
    `    cd ${stage.folder}`,
    `    \${EDITOR:-vi} ${artifactFolder}/shop.yaml     # what Infrahub renders`,
    `    kubectl edit configmap site-settings -n ${namespaceOf(stage)}`,
    `    vidra plan -f ${definitionFile}`,
    `    vidra apply -f ${definitionFile} --no-wait`,
    ...looking,
  );
  teller.say('Infrahub answers until you press Ctrl-C here. The control plane goes on after that; this ends it:');
  teller.show(end);
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

/** How a shell calls this program: whoever has called it by another name than vidra may have none of that name. */
function programOf(terminal: Terminal): string {
  const path = resolve(terminal.cwd, process.argv[1] ?? '');
  return basename(path) === 'vidra' ? 'vidra' : `node "${path}"`;
}

/** Writes the artifacts into files, and takes what becomes of the files for what Infrahub renders. Returns how to end that. */
function serveFiles(folder: string, infrahub: InfrahubDouble): () => void {
  mkdirSync(folder);
  const artifacts = infrahub.state.artifacts('main', Date.now()).map((artifact) => ({
    ...artifact,
    path: join(folder, `${artifact.object?.label ?? artifact.id}.yaml`),
  }));
  for (const { path, storageId } of artifacts) {
    writeFileSync(path, infrahub.state.files.get(storageId ?? '') ?? '');
  }
  const watcher = watch(folder, () => {
    for (const { id, name, path } of artifacts) {
      if (existsSync(path)) infrahub.setArtifact({ id, name, content: readFileSync(path) });
      else infrahub.removeArtifact(id);
    }
  });
  // The folder may go away before this process does.
  watcher.on('error', () => watcher.close());
  return () => watcher.close();
}
