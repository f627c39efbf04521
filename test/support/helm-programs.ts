/** The programs that only tests of the chart run, built like the control plane, of whose compiled packages they use many. */
import { join } from 'node:path';
import type { BuildOptions } from '../../src/sandbox/build.ts';
import { findProgram } from '../../src/sandbox/programs.ts';
import type { Recipe } from '../../src/sandbox/recipe.ts';

export interface HelmPrograms {
  readonly helm: string;
  /** An OCI registry. */
  readonly registry: string;
}

const recipe: Recipe = {
  what: 'helm or registry',
  version: 'helm-v4.1.4',
  module: join(import.meta.dirname, 'go'),
  packages: { helm: 'helm.sh/helm/v4/cmd/helm', registry: './registry' },
  linking: '-s -w -X helm.sh/helm/v4/internal/version.version=v4.1.4',
  variables: 'TEST_ASSET_HELM nor TEST_ASSET_REGISTRY',
};

/** Finds or builds them. */
export async function findHelmPrograms(options: BuildOptions): Promise<HelmPrograms> {
  return {
    helm: await findProgram(recipe, 'helm', 'TEST_ASSET_HELM', options),
    registry: await findProgram(recipe, 'registry', 'TEST_ASSET_REGISTRY', options),
  };
}
