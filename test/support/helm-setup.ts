/** Finds or builds helm and a registry before the tests of the chart; after the control plane, so that nothing is compiled twice. */
import type { TestProject } from 'vitest/node';
import { findHelmPrograms, type HelmPrograms } from './helm-programs.ts';
import { progressLines } from './progress-lines.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly helmPrograms: HelmPrograms;
  }
}

/** Runs once, after the global setups before it. */
export async function setup(project: TestProject): Promise<void> {
  project.provide('helmPrograms', await findHelmPrograms({ onProgress: progressLines('Helm') }));
}
