/** `/healthz` and `/readyz`, as Kubernetes' own components answer them. */
import type { Question, Reply } from './server.ts';

/** By name: what is wrong, or nothing. */
export type Checks = Readonly<Record<string, () => string | undefined>>;

/**
 * A route. All checks, or the one that the path names; those that `?exclude=` names are left out. Says what is wrong when
 * anything is, and with `?verbose` also what is not. `ping` is a check that never fails.
 */
export function health(route: string, checks: Checks): (question: Question) => Reply {
  const all: Checks = { ping: () => undefined, ...checks };
  return ({ rest, query }) => {
    const names = rest === '' ? Object.keys(all).filter((name) => !query.getAll('exclude').includes(name)) : [rest];
    if (!names.every((name) => Object.hasOwn(all, name))) return { status: 404, body: 'not found\n' };
    const results = names.map((name) => ({ name, problem: all[name]?.() }));
    const isGood = results.every(({ problem }) => problem === undefined);
    if (isGood && !query.has('verbose')) return { status: 200, body: 'ok' };
    const lines = results.map(({ name, problem }) =>
      problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`,
    );
    return {
      status: isGood ? 200 : 500,
      body: `${[...lines, `${route} check ${isGood ? 'passed' : 'failed'}`].join('\n')}\n`,
    };
  };
}
