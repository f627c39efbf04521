/** What must be right in a definition that is being deleted: what else is wrong in it keeps nobody from removing what it has. */
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import type { Finding } from '../manifest/shape.ts';
import type { Definition } from './definition.ts';
import { specRules } from './rules.ts';

/** Fields of `spec` that say what becomes of its objects, where they are, and as whom they are removed. */
const decisive: readonly unknown[] = ['deletionPolicy', 'propagationPolicy', 'destination', 'serviceAccountName'];

/** Whether it leaves in doubt what becomes of the objects. A field that is not known may be meant as any other. */
export function isInDoubt(kind: Definition['kind'], { path: [, field] }: Finding): boolean {
  return decisive.includes(field) || !Object.hasOwn(specRules[kind].fields, field ?? '');
}

/** What is wrong is left out. What a definition needs to give manifests is empty then: nothing is read from it any more. */
export function withoutFaults(object: Manifest, findings: readonly Finding[]): Manifest {
  const faulty = new Set(findings.map(({ path: [, field] }) => field));
  const sound = Object.entries(object['spec'] ?? {}).filter(([field]) => !faulty.has(field));
  const needed: JsonObject =
    object.kind === 'VidraResource'
      ? { manifest: '' }
      : { source: { infrahubAPIURL: '', artefactName: '', targetBranch: '' } };
  return { ...object, spec: { ...needed, ...Object.fromEntries(sound) } };
}
