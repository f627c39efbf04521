/** The story that `vidra demo` tells, step by step. Every step does what it says. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VidraError } from '../errors.ts';
import { keyOf } from '../manifest/manifest.ts';
import { hasChanges } from '../plan/plan.ts';
import type { InfrahubDouble } from '../sandbox/infrahub.ts';
import { countOf } from '../view/quantity.ts';
import type { DemoArtifacts } from './demo-artifacts.ts';
import { type SyncName, syncNames, syncsYaml, syncYaml } from './demo-definitions.ts';
import { meddle } from './demo-meddling.ts';
import type { RequestCounter } from './demo-requests.ts';
import type { Stage } from './demo-stage.ts';
import type { Teller } from './demo-teller.ts';
import { definitionFile, type Verbs } from './demo-verbs.ts';

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
  await rendered(scene);
  await defined(scene);
  await firstPlan(scene);
  await firstApply(scene);
  await nothingToDo(scene);
  await drift(scene);
  await changedArtifact(scene);
}

/** From there to an empty cluster. */
export async function tellEnd(scene: Scene): Promise<void> {
  await renamed(scene);
  await removedArtifact(scene);
  await removedDefinition(scene);
}

function rendered({ infrahub, artifacts, teller }: Scene): Promise<void> {
  const text = ['Infrahub renders Kubernetes manifests from its data. Here it has four such artifacts:'];
  const { shared, shop, blog, machine } = artifacts;
  const rows = [
    [shared.name, 'a Namespace, and settings that all others use'],
    [shop.name, 'shop: Deployment, Service, Ingress, and the same Namespace'],
    [blog.name, 'blog: the same'],
    [machine.name, 'ledger: a virtual machine, its kind (CRD), a Service'],
  ] as const;
  return teller.step('Infrahub', text, async () => {
    for (const sample of [shared, shop, blog, machine]) infrahub.setArtifact(sample);
    teller.show(...rows.map(([name, content]) => `    ${name.padEnd(24)} ${content}`));
  });
}

function defined(scene: Scene): Promise<void> {
  const text = [
    'An InfrahubSync says which artifacts of which Infrahub shall be in the cluster. sync.yaml holds three of them. ' +
      'This is the one for the web servers; the other two differ in name and artifact:',
  ];
  return scene.teller.step('The definition', text, async () => {
    define(scene, syncNames);
    const yaml = syncYaml('webservers', scene.infrahub.address).trimEnd().split('\n');
    scene.teller.show(...yaml.map((line) => `    ${line}`));
  });
}

function firstPlan({ teller, verbs }: Scene): Promise<void> {
  const text = [
    'What would happen, and why. Nothing is changed. Whatever can be tried beforehand, the API server has tried; the rest is "predicted".',
  ];
  return teller.step('Plan', text, () => verbs.plan());
}

function firstApply({ teller, verbs }: Scene): Promise<void> {
  const text = [
    'The same plan again, carried out: the namespace and the new kind first, everything else in parallel. apply shows the plan, too; you have just seen it.',
  ];
  return teller.step('Apply', text, async () => void (await verbs.applySeen()));
}

function nothingToDo({ stage, teller, verbs, requests }: Scene): Promise<void> {
  return teller.step('Apply again', ['Nothing has changed since, so there is nothing to do.'], async () => {
    const { plan } = await verbs.applySeen();
    if (hasChanges(plan)) throw new VidraError('DEMO_FAILED', 'a second apply found something to do');
    const kept = plan.owners.flatMap((owner) => owner.changes.map(({ reference }) => keyOf(reference)));
    const [objects, sent] = [new Set(kept).size, requests.count(stage.cluster.server)];
    teller.say(
      `To know that took ${countOf(sent, 'request')} for ${countOf(objects, 'object')}, and would take as many for ten thousand: ` +
        'one list for each kind tells whether anybody has touched what Vidra applied.',
    );
  });
}

function drift({ stage, teller, verbs }: Scene): Promise<void> {
  const text = [
    "Behind Vidra's back somebody edits the currency in the settings, sets another image for the shop, and deletes its Service.",
  ];
  return teller.step('Somebody meddles', text, async () => {
    await meddle(stage.cluster, namespaceOf(stage));
    await verbs.plan();
    await verbs.applySeen();
  });
}

function changedArtifact({ infrahub, artifacts, teller, verbs }: Scene): Promise<void> {
  const text = ['In Infrahub the shop gets a newer image and one replica more. Its artifact is rendered anew.'];
  return teller.step('The data changes', text, async () => {
    infrahub.setArtifact(artifacts.shopWith({ image: 'nginx:1.28', replicas: 3 }));
    await verbs.apply();
  });
}

function renamed({ infrahub, artifacts, teller, verbs, requests }: Scene): Promise<void> {
  const text = ['In Infrahub the shop is now called market. The new one must stand before the old one goes.'];
  return teller.step('A new name', text, async () => {
    infrahub.setArtifact(artifacts.shopWith({ webserver: 'market', image: 'nginx:1.28', replicas: 3 }));
    await verbs.apply();
    if (!requests.wroteBeforeDeleting()) throw new VidraError('DEMO_FAILED', 'something old was deleted too early');
    teller.say('All of the new was answered for before the first deletion was sent.');
  });
}

function removedArtifact({ infrahub, artifacts, teller, verbs }: Scene): Promise<void> {
  const text = [
    'In Infrahub the blog is deleted, and with it its artifact. Its objects go. The Namespace stays, because others want it, too. ' +
      'This time apply waits until everything is really gone.',
  ];
  return teller.step('An artifact less', text, async () => {
    infrahub.removeArtifact(artifacts.blog.id);
    await verbs.apply({ wait: true });
  });
}

function removedDefinition(scene: Scene): Promise<void> {
  const text = [
    'Somebody takes the virtual machines out of sync.yaml. That alone deletes nothing; prune does: the machine, then its kind.',
  ];
  return scene.teller.step('A definition less', text, async () => {
    define(
      scene,
      syncNames.filter((name) => name !== 'machines'),
    );
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
