/** An artifact's name and id as one text for people, as records have it. */
import type { Artifact } from '../source/source.ts';

type Named = Pick<Artifact, 'id' | 'name'>;

export function artifactLabel({ id, name }: Named): string {
  return `${name} (${id})`;
}

/** Nothing when it is no such text. */
export function readArtifactLabel(label: string): Named | undefined {
  const [, name, id] = /^(.*) \(([^()]+)\)$/s.exec(label) ?? [];
  return name === undefined || id === undefined ? undefined : { id, name };
}
