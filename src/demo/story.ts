/** The story that `vidra demo` tells, step by step. Every step does what it says. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VidraError } from '../errors.ts';
import { keyOf } from '../manifest/manifest.ts';
import { hasChanges } from '../plan/plan.ts';
import type { InfrahubDouble } from '../sandbox/infrahub.ts';
import { countOf } from '../view/quantity.ts';
import type { DemoArtifacts } from './artifacts.ts';
import { type SyncName, syncNames, syncsYaml, syncYaml } from './definitions.ts';
import { meddle } from './meddling.ts';
import type { RequestCounter } from './requests.ts';
import type { Stage } from './stage.ts';
import type { Teller } from './teller.ts';
import { definitionFile, type Verbs } from './verbs.ts';

export interface Scene {
  readonly stage: Stage;
  readonly infrahub: InfrahubDouble;
  readonly artifacts: DemoArtifacts;
  readonly teller: Teller;
  readonly verbs: Verbs;
  readonly requests: RequestCounter;
}

/** From nothing to a cluster that follows Infrahub. */
export async function tellBeginning(scene: Scene): Promise<void> {
  await showArtifacts(scene);
  await showDefinition(scene);
  await planFirst(scene);
  await applyFirst(scene);
  await applyAgain(scene);
  await repair(scene);
  await follow(scene);
}

/** From there on less and less is wanted. */
export async function tellEnd(scene: Scene): Promise<void> {
  await rename(scene);
  await loseArtifact(scene);
  await loseDefinition(scene);
}

function showArtifacts({ stage, infrahub, artifacts, teller }: Scene): Promise<void> {
  const namespace = namespaceOf(stage);
  const text = `Infrahub renders Kubernetes manifests out of its data: artifacts. Here it has four, all for the namespace ${namespace}:`;
  const { shared, shop, blog, machine } = artifacts;
  const rows = [
    [shared.name, 'the Namespace, and settings that the others use'],
    [shop.name, 'shop: Namespace, Deployment, Service, Ingress'],
    [blog.name, 'blog: Namespace, Deployment, Service, Ingress'],
    [machine.name, 'ledger: Namespace, VirtualMachine, its CRD, Service'],
  ] as const;
  return teller.step('Infrahub', [text], async () => {
    for (const sample of [shared, shop, blog, machine]) infrahub.setArtifact(sample);
    teller.show(...rows.map(([name, content]) => `    ${name.padEnd(24)} ${content}`));
  });
}

function showDefinition(scene: Scene): Promise<void> {
  const text =
    `The file ${definitionFile} says which of them shall be in the cluster: three InfrahubSyncs, one for each name of artifacts. ` +
    'This is the one for the web servers:';
  return scene.teller.step('The definitions', [text], async () => {
    define(scene, syncNames);
    const yaml = syncYaml('web', scene.infrahub.address).trimEnd().split('\n');
    scene.teller.show(...yaml.map((line) => `    ${line}`));
  });
}

function planFirst({ teller, verbs }: Scene): Promise<void> {
  const text =
    'Nothing is changed yet. What the API server can try beforehand, it has tried; the rest is predicted. ' +
    'All four artifacts want the Namespace, so it is there four times: they share it.';
  return teller.step('Plan: what would happen', [text], () => verbs.plan());
}

function applyFirst({ teller, verbs }: Scene): Promise<void> {
  const text =
    'The same, and now for real: first what others need, then everything else at once. ' +
    'apply shows its plan, too; where you have just seen it, the demo leaves it out.';
  return teller.step('Apply: make it so', [text], async () => void (await verbs.applySeen()));
}

function applyAgain({ stage, teller, verbs, requests }: Scene): Promise<void> {
  const text = 'Nothing has changed since, so there is nothing to do.';
  return teller.step('Apply again', [text], async () => {
    const { plan } = await verbs.applySeen();
    if (hasChanges(plan)) throw new VidraError('DEMO_FAILED', 'a second apply found something to do');
    const references = plan.owners.flatMap((owner) => owner.changes.map(({ reference }) => reference));
    const objects = new Set(references.map(keyOf)).size;
    const kinds = new Set(references.map(({ group, kind }) => `${group}/${kind}`)).size;
    teller.say(
      `It took ${countOf(requests.count(stage.cluster.server), 'request')} to know that of ${countOf(objects, 'object')}: ` +
        `one for each of the ${kinds} kinds, and a few to begin with. Ten thousand objects would take as many.`,
    );
  });
}

function repair({ stage, teller, verbs }: Scene): Promise<void> {
  const text =
    "Now something happens behind Vidra's back. As somebody with kubectl would do it, another currency is set in the ConfigMap, " +
    'another image in the Deployment of the shop, and its Service is deleted. Vidra sees it, and takes it back:';
  return teller.step('Somebody edits the cluster', [text], async () => {
    await meddle(stage.cluster, namespaceOf(stage));
    await verbs.plan();
    await verbs.applySeen();
  });
}

function follow({ infrahub, artifacts, teller, verbs }: Scene): Promise<void> {
  const text = 'In Infrahub, the shop gets a newer image and one more replica, and its artifact is rendered anew.';
  return teller.step('The data changes', [text], async () => {
    infrahub.setArtifact(artifacts.shopWith({ image: 'caddy:2.9', replicas: 3 }));
    await verbs.apply();
  });
}

function rename({ infrahub, artifacts, teller, verbs, requests }: Scene): Promise<void> {
  const text =
    'In Infrahub, the shop is called market from now on. The new one has to be there before the old one goes.';
  return teller.step('Something gets another name', [text], async () => {
    infrahub.setArtifact(artifacts.shopWith({ webserver: 'market', image: 'caddy:2.9', replicas: 3 }));
    await verbs.apply();
    if (!requests.wroteBeforeDeleting()) throw new VidraError('DEMO_FAILED', 'something old was deleted too early');
    teller.say('And so it was: the first deletion was sent when the last of the new objects had been confirmed.');
  });
}

function loseArtifact({ infrahub, artifacts, teller, verbs }: Scene): Promise<void> {
  const text =
    'In Infrahub, the blog is deleted, and with it its artifact. Its objects go; the Namespace stays, because others want it, too.';
  return teller.step('An artifact goes', [text], async () => {
    infrahub.removeArtifact(artifacts.blog.id);
    await verbs.apply();
  });
}

function loseDefinition(scene: Scene): Promise<void> {
  const text = `The virtual machines are taken out of ${definitionFile}. That alone deletes nothing. This does:`;
  return scene.teller.step('A definition goes', [text], async () => {
    const left = syncNames.filter((name) => name !== 'machines');
    define(scene, left);
    await scene.verbs.pruneLeaving();
  });
}

function define({ stage, infrahub }: Scene, names: readonly SyncName[]): void {
  writeFileSync(join(stage.folder, definitionFile), syncsYaml(names, infrahub.address));
}

/** The namespace that the sample artifacts are in. */
export function namespaceOf(stage: Pick<Stage, 'prefix'>): string {
  return `${stage.prefix}-store`;
}
