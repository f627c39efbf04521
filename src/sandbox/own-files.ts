/** Finds the files that the sandbox ships beside its code: the same ones from the sources and from the bundle in dist. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The absolute path of a file or folder of `src/sandbox`, found by walking up from this code to the package's root. */
export function ownFile(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const path = join(folder, 'src', 'sandbox', name);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) throw new Error(`The package lacks src/sandbox/${name}.`);
  }
}
