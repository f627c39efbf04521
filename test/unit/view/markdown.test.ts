/** What people see of plans and results in a comment on a pull request. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change, Plan } from '../../../src/plan/plan.ts';
import { usualDetail } from '../../../src/view/detail.ts';
import { commentLimit, planMarkdown, resultMarkdown } from '../../../src/view/markdown.ts';
import { readBlocks, readInline, span } from '../../support/markdown.ts';
import { keep, outcome, ownerPlan, planOf, remove, resultOf, skip, write } from '../../support/plan-builder.ts';

const id = '18f0c0de-0000-4000-8000-000000000102';
const header = {
  name: `web-${id}`,
  set: 'default',
  sync: 'web',
  artifact: `Webserver (${id})`,
  server: 'https://east:6443',
};
const update = write('update', 'Deployment shop/web', {
  reason: 'changed by kubectl-edit',
  differences: [
    { path: 'spec.containers[name=web].image', before: 'nginx:1.27', after: 'nginx:1.28' },
    { path: 'data.file', before: 'a\nb\nc\nd\n', after: 'a\nb\n```\nd\n' },
    { path: 'spec.new', after: 9007199254740993n },
  ],
});

function shop(): Plan {
  const changes = [
    update,
    write('create', 'Service shop/web', { confidence: 'predicted' }),
    remove('ConfigMap shop/old'),
    keep('ConfigMap shop/kept'),
    skip('ConfigMap shop/x', { code: 'CONFLICT', reason: 'spec.replicas belongs to hpa (@octocat)' }),
    skip('ConfigMap shop/y', { code: 'CONFLICT', reason: 'data.y belongs to other' }),
    skip('Pod shop/z', { reason: 'is being deleted' }),
  ];
  const problem = { code: 'SOURCE_UNREACHABLE', message: 'https://infrahub: refused\nsecond\nthird' } as const;
  return planOf(
    [
      ownerPlan(header.name, changes, { header, notes: ['rendering failed since 2026-01-01'], forget: ['one'] }),
      ownerPlan('old', [remove('Namespace attic')], { leaving: true }),
    ],
    {
      problems: [problem],
      notes: ['gone: --prune deletes its objects (3)'],
      guards: [
        { type: 'namespace', subject: 'Namespace attic', message: 'Namespace attic holds 3 objects', changes: [] },
      ],
    },
  );
}

describe('a plan in Markdown', () => {
  it('has counts first, then what is held back and wrong, then each owner, deletions first', () => {
    expect(`\n${planMarkdown(shop(), usualDetail)}`).toMatchInlineSnapshot(`
      "
      <!-- vidra plan default -->
      ### Plan: 1 to create, 1 to update, 2 to delete, 1 unchanged, 1 skipped, 3 problems

      | create | update | delete | unchanged | skipped | problems |
      | ---: | ---: | ---: | ---: | ---: | ---: |
      | 1 | 1 | 2 | 1 | 1 | 3 |

      Set \`default\` on \`https://127.0.0.1:6443\`

      #### Held back

      - Namespace attic holds 3 objects. To allow it: \`--confirm "Namespace attic"\`

      #### Problems

      - \`https://infrahub\`: refused (\`SOURCE_UNREACHABLE\`)
        \`\`\`text
        second
        third
        \`\`\`
        Check the address, and that this machine may reach it.
      - \`ConfigMap shop/x\` of \`web-18f0c0de-0000-4000-8000-000000000102\`: \`spec.replicas\` belongs to hpa \`(@octocat)\` (\`CONFLICT\`). Let one of the two writers give the field up, or decide by "conflicts" in the definition.
      - \`ConfigMap shop/y\` of \`web-18f0c0de-0000-4000-8000-000000000102\`: \`data.y\` belongs to other (\`CONFLICT\`)

      <details open>
      <summary><b><code>old</code></b> (leaving): 1 to delete</summary>

      - **delete** \`Namespace attic\`: is not in the manifests any more

      </details>

      <details open>
      <summary><b><code>Webserver</code></b> (<code>web-18f0c0de-0000-4000-8000-000000000102</code>, on <code>https://east:6443</code>): 1 to create, 1 to update, 1 to delete</summary>

      - **delete** \`ConfigMap shop/old\`: is not in the manifests any more
      - **update** \`Deployment shop/web\`: changed by \`kubectl-edit\`
        \`\`\`\`diff
        @@ spec.containers[name=web].image @@
        -"nginx:1.27"
        +"nginx:1.28"
        @@ data.file @@
         b
        -c
        +\`\`\`
         d
        @@ spec.new @@
        +9007199254740993
        \`\`\`\`
      - **skipped** \`Pod shop/z\`: is being deleted
      - **create** \`Service shop/web\`: is new (predicted)
      - note: rendering failed since \`2026-01-01\`
      - note: 1 recorded object is gone or not this owner's any more

      </details>

      #### Notes

      - gone: \`--prune\` deletes its objects \`(3)\`
      "
    `);
  });

  it('is short when there is nothing to do', () => {
    const plan = planOf([ownerPlan('web', [keep('ConfigMap shop/a')])]);
    expect(`\n${planMarkdown(plan, usualDetail)}`).toMatchInlineSnapshot(`
      "
      <!-- vidra plan default -->
      ### Plan: nothing to do, 1 unchanged

      | unchanged |
      | ---: |
      | 1 |

      Set \`default\` on \`https://127.0.0.1:6443\`
      "
    `);
    expect(planMarkdown(plan, { ...usualDetail, unchanged: true })).toContain('- **unchanged** `ConfigMap shop/a`');
  });

  it('when quiet has what is wrong, and is nothing when there is nothing to do', () => {
    const text = planMarkdown(shop(), { ...usualDetail, quiet: true });
    expect(text).toContain('#### Held back');
    expect(text).toContain('CONFLICT');
    expect(text).not.toContain('<details');
    expect(text).not.toContain('#### Notes');
    const done = planOf([ownerPlan('web', [keep('ConfigMap shop/a')])], { notes: ['x'] });
    expect(planMarkdown(done, { ...usualDetail, quiet: true })).toBe('');
  });

  it('has one row for an object that gets another name', () => {
    const [made, gone] = [write('create', 'ConfigMap shop/b', { reason: 'was a' }), remove('ConfigMap shop/a')];
    const changes = [
      { ...made, renamedFrom: { reference: gone.reference, first: 'new' as const } },
      { ...gone, renamedTo: { reference: made.reference, first: 'new' as const } },
    ];
    const text = planMarkdown(planOf([ownerPlan('web', changes)]), usualDetail);
    expect(text.match(/^- .*/gm)).toEqual(['- **rename** `ConfigMap shop/a` to `ConfigMap shop/b`: was a']);
    const result = resultOf(
      planOf([ownerPlan('web', changes)]),
      changes.map((change) => outcome('web', change)),
    );
    const told = resultMarkdown(result, { verb: 'Applied', milliseconds: 10 }, usualDetail);
    expect(told.match(/^- .*/gm)).toEqual(['- **renamed** `ConfigMap shop/a` to `ConfigMap shop/b`: was a']);
    // Its other half may be what is refused: then the deletion has a row of its own.
    const alone = planMarkdown(planOf([ownerPlan('web', changes.slice(1))]), usualDetail);
    expect(alone).toContain('- **delete** `ConfigMap shop/a`');
  });

  it('cuts long differences, unless they are asked for in full', () => {
    const lines = (word: string) => Array.from({ length: 100 }, (_, index) => `${word} ${index}\n`).join('');
    const differences = [{ path: 'data.file', before: lines('old'), after: lines('new') }];
    const plan = planOf([ownerPlan('web', [write('update', 'ConfigMap shop/a', { differences })])]);
    expect(planMarkdown(plan, usualDetail)).toContain('\n  … 141 more lines\n  ```\n');
    const full = planMarkdown(plan, { ...usualDetail, context: 0 });
    expect(full).toContain('\n  +new 99\n  ```\n');
    expect(full).not.toContain('more lines');
  });

  it('closes the owners when there are many rows', () => {
    const many = Array.from({ length: 11 }, (_, index) => write('create', `ConfigMap shop/c${index}`));
    expect(planMarkdown(planOf([ownerPlan('web', many)]), usualDetail)).toContain('\n<details>\n');
    expect(planMarkdown(planOf([ownerPlan('web', many.slice(1))]), usualDetail)).toContain('\n<details open>\n');
  });
});

describe('a result in Markdown', () => {
  it('says what came of each change, and what went wrong at the top', () => {
    const [made, failed, blocked, stopped, going] = [
      write('create', 'ConfigMap shop/a'),
      update,
      write('adopt', 'Service shop/web'),
      write('update', 'ConfigMap shop/b'),
      remove('PersistentVolumeClaim shop/data'),
    ];
    const plan = planOf([ownerPlan('web', [made, failed, blocked, stopped, going, keep('ConfigMap shop/kept')])]);
    const problem = { code: 'CLUSTER_REFUSED', message: 'spec.replicas: Invalid value: -1: must be positive' } as const;
    const result = resultOf(
      plan,
      [
        outcome('web', made),
        outcome('web', failed, { result: 'failed', problem }),
        outcome('web', blocked, { result: 'blocked' }),
        outcome('web', stopped, { result: 'stopped' }),
        outcome('web', going, { gone: false }),
      ],
      [{ owner: 'web', name: 'Deployment shop/db', reason: 'Pod db-0: ImagePullBackOff', failed: true }],
    );
    const text = resultMarkdown(result, { verb: 'Applied', milliseconds: 2140 }, usualDetail);
    expect(`\n${text}`).toMatchInlineSnapshot(`
      "
      <!-- vidra result default -->
      ### Applied: 1 created, 1 deleted, 1 failed, 1 blocked, 1 not reached, 1 not healthy, 1 unchanged in 2.1s

      | created | deleted | failed | blocked | not reached | not healthy | unchanged |
      | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
      | 1 | 1 | 1 | 1 | 1 | 1 | 1 |

      Set \`default\` on \`https://127.0.0.1:6443\`

      #### Problems

      - \`Deployment shop/web\` of \`web\` failed: \`spec.replicas\`: Invalid value: \`-1\`: must be positive (\`CLUSTER_REFUSED\`). Read the message of the API server: the object itself must change.
      - \`Service shop/web\` of \`web\` was not tried
      - \`Deployment shop/db\` of \`web\` has failed: Pod \`db-0\`: ImagePullBackOff

      <details open>
      <summary><b><code>web</code></b>: 1 created, 1 deleted, 1 failed, 1 blocked, 1 not reached</summary>

      - **deleted** \`PersistentVolumeClaim shop/data\`: is not in the manifests any more; waits for its finalizers
      - **created** \`ConfigMap shop/a\`: is new
      - **update not reached** \`ConfigMap shop/b\`: is new
      - **update failed** \`Deployment shop/web\`: changed by \`kubectl-edit\`
        \`\`\`\`diff
        @@ spec.containers[name=web].image @@
        -"nginx:1.27"
        +"nginx:1.28"
        @@ data.file @@
         b
        -c
        +\`\`\`
         d
        @@ spec.new @@
        +9007199254740993
        \`\`\`\`
      - **adopt not tried** \`Service shop/web\`: is new

      </details>
      "
    `);
  });

  it('when quiet is nothing when all went well', () => {
    const made = write('create', 'ConfigMap shop/a');
    const plan = planOf([ownerPlan('web', [made])]);
    const quiet = { ...usualDetail, quiet: true };
    const options = { verb: 'Applied', milliseconds: 10 };
    expect(resultMarkdown(resultOf(plan, [outcome('web', made)]), options, quiet)).toBe('');
    expect(resultMarkdown(resultOf(plan, [outcome('web', made, { result: 'stopped' })]), options, quiet)).not.toBe('');
  });
});

describe('the length', () => {
  const long = (count: number, make: (index: number) => Change) =>
    Array.from({ length: count }, (_, index) => make(index));
  const sizeOf = (text: string) => Buffer.byteLength(text);

  it('stays within a comment, and what is left out is told', () => {
    const updates = long(3000, (index) => ({ ...update, reference: { ...update.reference, name: `web-${index}` } }));
    const removals = long(300, (index) => remove(`ConfigMap shop/old-${index}`));
    const plan = planOf([ownerPlan('aaa', updates), ownerPlan('zzz', [...updates, ...removals])]);
    const text = planMarkdown(plan, usualDetail);
    expect(sizeOf(text)).toBeLessThanOrEqual(commentLimit);
    expect(sizeOf(text)).toBeGreaterThan(commentLimit - 1000);
    expect(text.match(/\*\*delete\*\*/g)).toHaveLength(300);
    const shown = text.match(/\*\*update\*\*/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(300);
    const differences = text.match(/```+diff/g)?.length ?? 0;
    expect(differences).toBeGreaterThan(50);
    expect(differences).toBeLessThan(shown);
    expect(text).toContain(
      `**Not shown here for its length:** ${6000 - shown} changes, ${6000 - differences} differences. The same`,
    );
    expect(text).toMatch(/\*\*update\*\* [^\n]*web-0`[^\n]*\n {2}```+diff\n/);
  });

  it('shows differences where there is room for some', () => {
    const updates = long(500, (index) => ({ ...update, reference: { ...update.reference, name: `web-${index}` } }));
    const text = planMarkdown(planOf([ownerPlan('web', updates)]), usualDetail);
    expect(text.match(/\*\*update\*\*/g)).toHaveLength(500);
    const shown = text.match(/```+diff/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(50);
    expect(text).toContain(`**Not shown here for its length:** ${500 - shown} differences.`);
  });

  it('leaves room for changes where a lot is wrong', () => {
    const refused = long(2000, (index) => skip(`ConfigMap shop/c${index}`, { code: 'CONFLICT', reason: 'is taken' }));
    const text = planMarkdown(planOf([ownerPlan('web', [...refused, remove('Namespace shop')])]), usualDetail);
    expect(text).toContain('- **delete** `Namespace shop`');
    expect(text).toMatch(/\*\*Not shown here for its length:\*\* \d+ problems\./);
    expect(sizeOf(text)).toBeLessThanOrEqual(commentLimit);
  });

  it('never is more than it may be, whatever the plan, and no deletion gives way to another row', () => {
    fc.assert(
      fc.property(anyPlan, fc.integer({ min: 2000, max: 12_000 }), fc.boolean(), (plan, limit, unchanged) => {
        const text = planMarkdown(plan, { ...usualDetail, unchanged }, limit);
        expect(sizeOf(text)).toBeLessThanOrEqual(limit);
        const deletions = plan.owners
          .flatMap(({ changes }) => changes)
          .filter(({ action }) => action === 'delete').length;
        const shown = text.match(/^- \*\*delete\*\*/gm)?.length ?? 0;
        const others = text.match(/^- \*\*(create|update|skipped|unchanged)\*\*/gm)?.length ?? 0;
        if (others > 0) expect(shown).toBe(deletions);
      }),
      { numRuns: 150 },
    );
  });
});

/** Text that means something to Markdown, GitHub or GitLab. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '`',
        '```',
        '\n```\n',
        '</details>',
        '<b>',
        '@octocat',
        '#1',
        '[a](b)',
        '|',
        '**',
        '\n\n# x',
        '- ',
        'word',
        ' ',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));
const filled = nasty.map((text) => text || 'x');
const value = fc.oneof(nasty, fc.integer(), fc.constant(undefined));
const difference = fc.record({ path: filled, before: value, after: value });
const place = fc.record({ namespace: nasty, name: filled, kind: filled });
const change = fc
  .tuple(
    fc.oneof(
      fc
        .record({ reason: nasty, differences: fc.array(difference, { maxLength: 3 }) })
        .map((more) => write('update', 'ConfigMap a/b', more as Parameters<typeof write>[2])),
      fc.constant(write('create', 'ConfigMap a/b')),
      fc.constant(remove('ConfigMap a/b')),
      fc.constant(keep('ConfigMap a/b')),
      nasty.map((reason) => skip('ConfigMap a/b', { reason, code: 'CONFLICT' })),
      nasty.map((reason) => skip('ConfigMap a/b', { reason })),
    ),
    place,
  )
  .map(([one, where]): Change => ({ ...one, reference: { ...one.reference, ...where } }));
const owner = fc
  .record({
    name: filled,
    changes: fc.array(change, { maxLength: 8 }),
    notes: fc.array(nasty, { maxLength: 2 }),
    artifact: nasty,
  })
  .map(({ name, changes, notes, artifact }) =>
    ownerPlan(name, changes, { notes, header: { name, set: 'default', artifact, server: '' } }),
  );
const anyPlan = fc
  .record({
    owners: fc.array(owner, { maxLength: 4 }),
    notes: fc.array(nasty, { maxLength: 2 }),
    message: filled,
    subject: nasty,
  })
  .map(({ owners, notes, message, subject }) =>
    planOf(owners, {
      notes,
      problems: [{ code: 'CLUSTER_REFUSED', message }],
      guards: [{ type: 'volume', subject, message, changes: [] }],
    }),
  );

describe('what comes from elsewhere', () => {
  it('renders as nothing but text and code, whatever it is', () => {
    const own = [
      /^$/,
      /^<!-- vidra plan default -->$/,
      /^### Plan: [a-z0-9 ,]+$/,
      /^#### (Held back|Problems|Notes)$/,
      /^\|( (:?-+:?|[a-z0-9 ]+) \|)+$/,
      /^<details( open)?>$/,
      /^<\/details>$/,
      /^<summary><b><code>[^<>]*<\/code><\/b>( \(<code>[^<>]*<\/code>\))?(: [0-9a-z ,]+)?<\/summary>$/,
      new RegExp(`^Set ${span} on ${span}$`),
    ];
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const { lines } = readBlocks(planMarkdown(plan, { ...usualDetail, unchanged: true }));
        for (const line of lines) {
          const text = line.startsWith('<summary>') ? line : readInline(line).text;
          if (!own.some((pattern) => pattern.test(text))) expect(text).toSatisfy(isSentence);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** An item of a list, or the rest of one: plain words and code, and the bold word that Vidra itself writes. */
function isSentence(line: string): boolean {
  const words = line.replace(/^(- (\*\*[a-z]+\*\* )?| {2})/, '').split(' ');
  const word = new RegExp(`^(["'(]?([A-Za-z]+('[a-z]+)?|[0-9]{1,6}|${span})?["')]*[,;:.]*)?$`);
  return words.every((one) => word.test(one));
}
