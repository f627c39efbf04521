/** What people see of a plan. */
import { describe, expect, it } from 'vitest';
import { usualDetail } from '../../../src/view/detail.ts';
import { planBodyLines, planLines } from '../../../src/view/plan-text.ts';
import { createStyle } from '../../../src/view/style.ts';
import { keep, ownerPlan, planOf, remove, skip, write } from '../../support/plan-builder.ts';

const plain = createStyle({ colour: false, unicode: true });
const text = (...given: Parameters<typeof planOf>) => `\n${planLines(planOf(...given), plain).join('\n')}\n`;

describe('a plan as text', () => {
  it('is grouped by owner and namespace, with the reason of each change', () => {
    const web = ownerPlan(
      '17f3-web',
      [
        write('update', 'Deployment shop/web', {
          reason: 'differs in 2 fields',
          differences: [
            { path: 'spec.replicas', before: 2, after: 3 },
            { path: 'spec.containers[name=web].image', before: 'nginx:1.27', after: 'nginx:1.28' },
          ],
        }),
        write('create', 'Service shop/web', { confidence: 'predicted' }),
        write('create', 'Namespace shop'),
        keep('ConfigMap shop/settings'),
      ],
      { header: { name: '17f3-web', set: 'default', sync: 'web', artifact: 'Webserver', server: 'https://east:6443' } },
    );
    const old = ownerPlan('old', [remove('ConfigMap attic/one')], { leaving: true });
    expect(text([web, old])).toMatchInlineSnapshot(`
      "
      old (leaving)
        namespace attic
          - ConfigMap one  is not in the manifests any more

      Webserver (17f3-web, sync web, on https://east:6443)
        cluster-wide
          + Namespace shop  is new
        namespace shop
          ~ Deployment web  differs in 2 fields
              spec.replicas: 2 → 3
              spec.containers[name=web].image: "nginx:1.27" → "nginx:1.28"
          + Service web     is new (predicted)

      Plan: 2 to create, 1 to update, 1 to delete, 1 unchanged.
      "
    `);
  });

  it('has one line for a rename, in the place of the new name, and one for each half that stands alone', () => {
    const halves = (from: string, to: string, first: 'new' | 'old', more: Parameters<typeof write>[2] = {}) => {
      const [comes, goes] = [write('create', to, more), remove(from)];
      return [
        { ...comes, renamedFrom: { reference: goes.reference, first } },
        { ...goes, renamedTo: { reference: comes.reference, first } },
      ] as const;
    };
    const differences = [{ path: 'spec.replicas', before: 2, after: 3 }];
    const [lonely] = halves('ConfigMap shop/gone', 'ConfigMap shop/here', 'new', { reason: 'renamed' });
    const [, left] = halves('ConfigMap shop/there', 'ConfigMap shop/away', 'new');
    const changes = [
      ...halves('Deployment shop/web', 'Deployment shop/market', 'new', { reason: 'renamed', differences }),
      ...halves('Service attic/web', 'Service shop/web', 'old', {
        reason: 'moved from attic',
        confidence: 'predicted',
      }),
      lonely,
      left,
    ];
    expect(text([ownerPlan('web', changes)])).toMatchInlineSnapshot(`
      "
      web
        namespace shop
          + ConfigMap here           renamed
          - ConfigMap there          is not in the manifests any more
          → Deployment web → market  renamed
              spec.replicas: 2 → 3
          → Service attic/web → web  moved from attic (predicted)

      Plan: 1 to create, 2 to rename, 1 to delete.
      "
    `);
  });

  it('names owners by whole ids in titles, and by short ones in reasons', () => {
    const id = '18ea5d1e-2798-f16e-e33c-192daae143e9';
    const header = { name: `web-${id}`, set: 'default', sync: 'web', artifact: `Webserver (${id})`, server: '' };
    const crd = `CustomResourceDefinition ${'long'.repeat(10)}.example.com`;
    const changes = [write('create', crd), write('create', 'Namespace shop', { reason: `shared with db-${id}` })];
    expect(text([ownerPlan(header.name, changes, { header })])).toMatchInlineSnapshot(`
      "
      Webserver (web-18ea5d1e-2798-f16e-e33c-192daae143e9)
        cluster-wide
          + CustomResourceDefinition longlonglonglonglonglonglonglonglonglong.example.com  is new
          + Namespace shop  shared with db-18ea5d1e…43e9

      Plan: 2 to create.
      "
    `);
  });

  it('says in one line that there is nothing to do', () => {
    expect(text([ownerPlan('web', [keep('ConfigMap shop/a'), keep('ConfigMap shop/b')])])).toMatchInlineSnapshot(`
      "
      Plan: nothing to do, 2 unchanged.
      "
    `);
  });

  it('shows problems and notes, with the hint of a code once', () => {
    const owner = ownerPlan(
      'web',
      [
        skip('ConfigMap shop/a', { code: 'CONFLICT', reason: 'data.x belongs to other' }),
        skip('ConfigMap shop/b', { code: 'CONFLICT', reason: 'data.y belongs to other' }),
        skip('ConfigMap shop/c', { reason: 'is being deleted' }),
      ],
      { notes: ['the content is of yesterday'], forget: ['one'] },
    );
    const problems = [{ code: 'SOURCE_UNREACHABLE', message: 'https://infrahub: refused' }] as const;
    expect(text([owner], { problems })).toMatchInlineSnapshot(`
      "
      web
        namespace shop
          ! ConfigMap a  data.x belongs to other (CONFLICT)
              hint: Let one of the two writers give the field up, or decide by "conflicts" in the definition.
          ! ConfigMap b  data.y belongs to other (CONFLICT)
          ! ConfigMap c  is being deleted
        note: the content is of yesterday
        note: 1 recorded object is gone or not this owner's any more

      ! https://infrahub: refused (SOURCE_UNREACHABLE)
          hint: Check the address, and that this machine may reach it.

      Plan: 1 skipped, 3 problems.
      "
    `);
  });

  it('lists what stays as it is when that is asked for', () => {
    const web = ownerPlan('web', [keep('ConfigMap shop/b'), write('create', 'ConfigMap shop/a')]);
    const old = ownerPlan('old', [keep('Namespace attic')]);
    const lines = planLines(planOf([web, old]), plain, { ...usualDetail, unchanged: true });
    expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
      "
      old
        cluster-wide
          = Namespace attic  is as wanted

      web
        namespace shop
          + ConfigMap a  is new
          = ConfigMap b  is as wanted

      Plan: 1 to create, 2 unchanged.
      "
    `);
  });

  describe('when quiet', () => {
    const quiet = { ...usualDetail, quiet: true };

    it('tells what is wrong and the summary', () => {
      const refused = skip('ConfigMap shop/b', { code: 'CONFLICT', reason: 'data.y belongs to other' });
      const waits = skip('ConfigMap shop/c', { reason: 'is being deleted' });
      const changes = [write('create', 'ConfigMap shop/a'), refused, waits, keep('ConfigMap shop/d')];
      const plan = planOf([ownerPlan('web', changes, { notes: ['old'], forget: ['one'] })], { notes: ['older'] });
      expect(`\n${planLines(plan, plain, quiet).join('\n')}\n`).toMatchInlineSnapshot(`
        "
        web
          namespace shop
            ! ConfigMap b  data.y belongs to other (CONFLICT)
                hint: Let one of the two writers give the field up, or decide by "conflicts" in the definition.

        Plan: 1 to create, 1 unchanged, 1 skipped, 1 problem.
        "
      `);
      expect(planBodyLines(plan, plain, quiet)).toEqual(planLines(plan, plain, quiet).slice(0, -1));
    });

    it('is the summary alone when nothing is wrong, and nothing when there is nothing to do', () => {
      const plan = planOf([ownerPlan('web', [write('create', 'ConfigMap shop/a')])]);
      expect(planLines(plan, plain, quiet)).toEqual(['Plan: 1 to create.']);
      const done = planOf([ownerPlan('web', [keep('ConfigMap shop/a')])], { notes: ['something to know'] });
      expect(planLines(done, plain, quiet)).toEqual([]);
    });
  });

  it('keeps to ASCII where the terminal shows nothing else', () => {
    const owner = ownerPlan('web', [
      write('adopt', 'ConfigMap shop/a', {
        reason: 'exists already',
        differences: [{ path: 'data.x', before: '1', after: '2' }],
      }),
    ]);
    const lines = planLines(planOf([owner]), createStyle({ colour: false, unicode: false }));
    expect(lines.join('\n')).toMatchInlineSnapshot(`
      "web
        namespace shop
          @ ConfigMap a  exists already
              data.x: "1" -> "2"

      Plan: 1 to adopt."
    `);
    expect(lines.join('\n')).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('does not depend on the order of owners and changes', () => {
    const changes = [
      write('create', 'ConfigMap b/x'),
      write('create', 'ConfigMap a/y'),
      write('create', 'ConfigMap a/x'),
    ];
    const one = text([ownerPlan('p', changes), ownerPlan('q', changes)]);
    const other = text([ownerPlan('q', [...changes].reverse()), ownerPlan('p', [...changes].reverse())]);
    expect(one).toBe(other);
  });

  it('does not let a name or a reason steer the terminal', () => {
    const change = write('create', 'ConfigMap shop/a', { reason: 'is \u001b[2Jnew\nPlan: nothing to do.' });
    const lines = planLines(planOf([ownerPlan('\u001b]0;x\u0007', [change])]), plain).join('\n');
    expect(lines).not.toContain('\u001b');
    expect(lines).not.toMatch(/^Plan: nothing/m);
  });

  it('colours only when it is told to', () => {
    const plan = planOf([ownerPlan('web', [write('create', 'ConfigMap shop/a')])]);
    expect(planLines(plan, createStyle({ colour: true, unicode: true })).join('')).toContain('\u001b[32m+');
    expect(planLines(plan, plain).join('')).not.toContain('\u001b');
  });
});
