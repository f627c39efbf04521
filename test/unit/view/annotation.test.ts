/** What is said beside the code on GitHub. */
import { describe, expect, it } from 'vitest';
import { VidraError } from '../../../src/errors.ts';
import { errorAnnotations, planAnnotations, resultAnnotations } from '../../../src/view/annotation.ts';
import { keep, outcome, ownerPlan, planOf, remove, resultOf, skip, write } from '../../support/plan-builder.ts';

const origin = { source: 'web.yaml', document: 1, line: 7, column: 3 };
const refused = skip('ConfigMap shop/a', { code: 'CONFLICT', reason: 'data.x belongs to other' });
const wanted = { ...write('create', 'ConfigMap shop/a').desired, origin };
const problem = {
  code: 'MANIFEST_INVALID',
  message: 'web.yaml, line 9: is wrong',
  origin: { ...origin, line: 9 },
} as const;

describe('annotations', () => {
  it('of a plan tell what is wrong with its place, what is held back, and what would be deleted', () => {
    const web = ownerPlan('web', [refused, remove('ConfigMap shop/b'), keep('ConfigMap shop/c')], {
      desired: [wanted],
      problems: [problem],
    });
    const plan = planOf([web], {
      problems: [{ code: 'SOURCE_UNREACHABLE', message: 'https://infrahub: refused' }],
      guards: [{ type: 'volume', subject: 'PersistentVolumeClaim shop/x', message: 'its data would go', changes: [] }],
    });
    expect(planAnnotations(plan)).toEqual([
      {
        level: 'warning',
        title: 'Held back: PersistentVolumeClaim shop/x',
        message: 'its data would go\nTo allow it: --confirm "PersistentVolumeClaim shop/x"',
      },
      {
        level: 'error',
        title: 'SOURCE_UNREACHABLE',
        message: 'https://infrahub: refused\nCheck the address, and that this machine may reach it.',
      },
      {
        level: 'error',
        title: 'ConfigMap shop/a (CONFLICT)',
        message:
          'data.x belongs to other\nLet one of the two writers give the field up, or decide by "conflicts" in the definition.',
        origin,
      },
      {
        level: 'error',
        title: 'web (MANIFEST_INVALID)',
        message: 'web.yaml, line 9: is wrong\nCorrect the document at the line and column named above.',
        origin: { ...origin, line: 9 },
      },
      { level: 'notice', title: 'Would delete ConfigMap shop/b', message: 'is not in the manifests any more' },
    ]);
  });

  it('of a result tell what failed where, and what was deleted', () => {
    const changes = [
      write('create', 'ConfigMap shop/a'),
      write('update', 'ConfigMap shop/b'),
      remove('ConfigMap shop/c'),
      remove('ConfigMap shop/d'),
      write('create', 'ConfigMap shop/e'),
    ] as const;
    const why = { code: 'CLUSTER_FORBIDDEN', message: 'may not create' } as const;
    const result = resultOf(
      planOf([ownerPlan('web', changes)]),
      [
        outcome('web', changes[3], { result: 'stopped' }),
        outcome('web', changes[2]),
        outcome('web', changes[1], { result: 'blocked' }),
        outcome('web', changes[0], { result: 'failed', problem: why }),
        outcome('web', changes[4]),
      ],
      [{ owner: 'web', name: 'Deployment shop/web', reason: 'Pod web-0: ImagePullBackOff', failed: false }],
    );
    expect(
      resultAnnotations(result).map(({ level, title, message, origin }) => [level, title, message, origin?.source]),
    ).toEqual([
      [
        'error',
        'ConfigMap shop/a failed (CLUSTER_FORBIDDEN)',
        'may not create\nAsk for the permission, or mend what else the message names.',
        'web.yaml',
      ],
      ['error', 'ConfigMap shop/b was not tried', 'ConfigMap shop/b was not tried', 'web.yaml'],
      ['error', 'Deployment shop/web is not healthy yet', 'Pod web-0: ImagePullBackOff', undefined],
      ['notice', 'Deleted ConfigMap shop/c', 'is not in the manifests any more', undefined],
    ]);
  });

  it('of an error name each of its causes with its place', () => {
    const causes = [1, 2].map(
      (line) => new VidraError('DEFINITION_INVALID', `wrong ${line}`, { origin: { ...origin, line } }),
    );
    const whole = new VidraError('DEFINITION_INVALID', 'wrong 1\nwrong 2', { cause: causes });
    expect(errorAnnotations(whole)).toMatchObject([
      { level: 'error', title: 'DEFINITION_INVALID', origin: { line: 1 } },
      { level: 'error', title: 'DEFINITION_INVALID', origin: { line: 2 } },
    ]);
    const refusal = new VidraError('NOT_CONFIRMED', '3 objects would be deleted');
    expect(errorAnnotations(refusal)).toEqual([
      {
        level: 'error',
        title: 'NOT_CONFIRMED',
        message: '3 objects would be deleted\nPass --yes to go on without the question.',
        origin: undefined,
      },
    ]);
    expect(errorAnnotations(new TypeError('x is undefined'))).toMatchObject([{ title: 'Vidra has a defect' }]);
  });
});
