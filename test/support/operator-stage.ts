/** Operators and the Infrahub double for the tests of a file. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type InfrahubDouble, type InfrahubDoubleOptions, startInfrahub } from '../../src/sandbox/infrahub.ts';
import { type Operator, startOperator } from './operator.ts';
import { cluster } from './stage.ts';

export let infrahub: InfrahubDouble;
/** The one that was started last. */
export let operator: Operator;
const running: Operator[] = [];

/** One double for all tests of the file. */
export function useInfrahub(options: InfrahubDoubleOptions): void {
  beforeAll(async () => {
    infrahub = await startInfrahub(options);
  });
  afterAll(() => infrahub?.close());
}

/** A new double for each test. */
export function useNewInfrahub(options: InfrahubDoubleOptions): void {
  beforeEach(async () => {
    infrahub = await startInfrahub(options);
    return () => infrahub.close();
  });
}

/** In place of one that a test has closed. */
export async function reopenInfrahub(options: InfrahubDoubleOptions): Promise<void> {
  infrahub = await startInfrahub(options);
}

/** Operators that tests start by `runOperator` end with the test, and have to end well. What is to be cleared away after them is said before. */
export function useOperators(): void {
  afterEach(async () => {
    const ends = await Promise.all(running.splice(0).map((one) => one.stop()));
    expect(ends).toEqual(ends.map((end) => ({ ...end, code: 0, stderr: '' })));
  });
}

/** Each test begins with an operator. */
export function useOperator(environment: () => Readonly<Record<string, string>> = () => ({})): void {
  useOperators();
  beforeEach(async () => {
    await runOperator({ environment: environment() });
  });
}

export interface OperatorRun {
  /** The cluster's of the file, if nothing else is said. */
  readonly kubeconfig?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

/** `vidra watch`, until it is stopped or the test ends. */
export async function runOperator({ kubeconfig = cluster.kubeconfig, environment = {}, flags = [] }: OperatorRun = {}) {
  operator = await startOperator(kubeconfig, environment, flags);
  running.push(operator);
  return operator;
}
