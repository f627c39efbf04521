/** The definitions of the demo: one InfrahubSync for each name of artifacts. */
import { definitionApiVersion } from '../definition/definition.ts';

const artifactNames = {
  shared: 'Shared_Manifest',
  web: 'Webserver_Manifest',
  machines: 'VirtualMachine_Manifest',
} as const;

export type SyncName = keyof typeof artifactNames;

export const syncNames = Object.keys(artifactNames) as readonly SyncName[];

/** One definition as YAML, with a line feed at its end. */
export function syncYaml(name: SyncName, infrahub: string): string {
  return `apiVersion: ${definitionApiVersion}
kind: InfrahubSync
metadata:
  name: ${name}
spec:
  source:
    infrahubAPIURL: ${infrahub}
    artefactName: ${artifactNames[name]}
`;
}

/** The content of a file with these definitions. */
export function syncsYaml(names: readonly SyncName[], infrahub: string): string {
  return names.map((name) => syncYaml(name, infrahub)).join('---\n');
}
