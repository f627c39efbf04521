import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { controlPlaneRecipe } from '../../../src/sandbox/recipe.ts';

/** The selected version of each module of Kubernetes that a module needs. */
function kubernetesModules(folder: string): Map<string, string> {
  const text = readFileSync(join(folder, 'go.mod'), 'utf8');
  // Replacements come last, and win.
  return new Map(
    [...text.matchAll(/^\t(k8s\.io\/\S+)(?: => \S+)? (v\S+)/gm)].map(([, path = '', at = '']) => [path, at]),
  );
}

test('The programs of tests use the Kubernetes modules of the control plane, so that these are compiled once', () => {
  const ours = kubernetesModules(controlPlaneRecipe().module);
  const theirs = kubernetesModules(join(import.meta.dirname, '../../support/go'));
  expect(theirs.size).toBeGreaterThan(5);
  for (const [path, version] of theirs) expect(`${path} ${version}`).toBe(`${path} ${ours.get(path)}`);
});
