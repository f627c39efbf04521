/** The annotation of objects that are not deleted when they leave the manifests. */

const annotation = 'vidra.infrahub.operators.com/prune';

/** For people: `vidra.infrahub.operators.com/prune: never`. */
export const protection = `${annotation}: never`;

export function isProtected(annotations: Readonly<Record<string, string>> | undefined): boolean {
  return annotations?.[annotation] === 'never';
}
