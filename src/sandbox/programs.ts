/** Finds the three programs of a control plane: named by the environment, built before, or built now. */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { VidraError } from '../errors.ts';
import { type BuildOptions, build } from './build.ts';
import { buildFolder, isExecutable } from './cache-folder.ts';
import { controlPlaneRecipe, type Recipe } from './recipe.ts';

/** Absolute paths of executable files. */
export interface Programs {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string;
}

/**
 * Returns the programs; those that the environment does not name come from the cache, after a build if need be.
 * Throws CONTROL_PLANE_MISSING, CONTROL_PLANE_FAILED, INTERRUPTED.
 */
export async function findPrograms(options: BuildOptions): Promise<Programs> {
  const find = (file: string, variable: string) => findProgram(controlPlaneRecipe(), file, variable, options);
  return {
    etcd: await find('etcd', 'TEST_ASSET_ETCD'),
    apiServer: await find('kube-apiserver', 'TEST_ASSET_KUBE_APISERVER'),
    controllerManager: await find('kube-controller-manager', 'TEST_ASSET_KUBE_CONTROLLER_MANAGER'),
  };
}

/** The same for one program of any recipe. */
export async function findProgram(
  recipe: Recipe,
  file: string,
  variable: string,
  options: BuildOptions,
): Promise<string> {
  const named = process.env[variable];
  if (named) return isExecutable(named) ? resolve(named) : refuse(variable, named, 'an executable file');
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets) {
    // A variable that names nothing is a mistake, not a reason to build for minutes.
    if (!statSync(assets, { throwIfNoEntry: false })?.isDirectory()) refuse('KUBEBUILDER_ASSETS', assets, 'a folder');
    if (isExecutable(join(assets, file))) return resolve(assets, file);
  }
  const folder = buildFolder(process.env, recipe);
  if (!isExecutable(join(folder, file))) await build(recipe, options);
  return join(folder, file);
}

function refuse(variable: string, path: string, wanted: string): never {
  throw new VidraError('CONTROL_PLANE_MISSING', `${variable} names ${path}, which is not ${wanted}.`);
}
