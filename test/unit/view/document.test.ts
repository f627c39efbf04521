/** What machines read of plans and results. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { keyOf } from '../../../src/manifest/manifest.ts';
import { changeId, type Guard } from '../../../src/plan/plan.ts';
import { documentText, planDocument, resultDocument } from '../../../src/view/document.ts';
import { keep, outcome, ownerPlan, planOf, remove, resultOf, write } from '../../support/plan-builder.ts';

const update = write('update', 'ConfigMap shop/a', {
  reason: 'differs',
  differences: [{ path: 'data.x', before: 'no', after: 'yes' }],
});

describe('a document', () => {
  it('of a plan holds the facts, and no manifest', () => {
    const text = documentText(planDocument(planOf([ownerPlan('web', [update, keep('ConfigMap shop/b')])])), 'json');
    expect(text).toMatchInlineSnapshot(`
      "{
        "formatVersion": "1",
        "kind": "Plan",
        "set": "default",
        "server": "https://127.0.0.1:6443",
        "summary": {
          "create": 0,
          "update": 1,
          "replace": 0,
          "rename": 0,
          "adopt": 0,
          "delete": 0,
          "release": 0,
          "keep": 1,
          "skip": 0,
          "problem": 0
        },
        "guards": [],
        "owners": [
          {
            "name": "web",
            "server": "",
            "leaving": false,
            "changes": [
              {
                "action": "update",
                "group": "",
                "version": "v1",
                "kind": "ConfigMap",
                "namespace": "shop",
                "name": "a",
                "reason": "differs",
                "confidence": "server",
                "differences": [
                  {
                    "path": "data.x",
                    "before": "no",
                    "after": "yes"
                  }
                ]
              },
              {
                "action": "keep",
                "group": "",
                "version": "v1",
                "kind": "ConfigMap",
                "namespace": "shop",
                "name": "b",
                "reason": "is as wanted"
              }
            ],
            "problems": [],
            "notes": []
          }
        ],
        "problems": [],
        "notes": []
      }
      "
    `);
  });

  it('of a result says what came of each change', () => {
    const gone = remove('ConfigMap shop/z');
    const plan = planOf([ownerPlan('web', [gone, update])]);
    const problem = { code: 'CLUSTER_REFUSED', message: 'no' } as const;
    const outcomes = [outcome('web', gone, { gone: true }), outcome('web', update, { result: 'failed', problem })];
    const document = resultDocument(resultOf(plan, outcomes));
    expect(document.kind).toBe('Result');
    expect(document.formatVersion).toBe('1');
    expect(document.owners[0]?.changes).toMatchObject([
      { name: 'a', action: 'update', result: 'failed', problem },
      { name: 'z', action: 'delete', result: 'succeeded', gone: true },
    ]);
  });

  it('names what a guard holds back by owner and object', () => {
    const gone = remove('Namespace shop');
    const guard: Guard = {
      type: 'namespace',
      subject: 'Namespace shop',
      message: 'it holds 3 objects of others',
      changes: [changeId('web', keyOf(gone.reference))],
    };
    const { guards } = planDocument(planOf([ownerPlan('web', [gone])], { guards: [guard] }));
    const { group, version, kind, namespace, name } = gone.reference;
    const flag = '--confirm "Namespace shop"';
    expect(guards).toEqual([{ ...guard, flag, changes: [{ owner: 'web', group, version, kind, namespace, name }] }]);
  });

  it('names the other name of what is renamed', () => {
    const [made, gone] = [write('create', 'ConfigMap shop/b'), remove('ConfigMap shop/a')];
    const renamed = [
      { ...made, renamedFrom: { reference: gone.reference, first: 'new' as const } },
      { ...gone, renamedTo: { reference: made.reference, first: 'new' as const } },
    ];
    const [old, now] = planDocument(planOf([ownerPlan('web', renamed)])).owners[0]?.changes ?? [];
    expect(old).toMatchObject({ name: 'a', renamedTo: { kind: 'ConfigMap', name: 'b', first: 'new' } });
    expect(now).toMatchObject({ name: 'b', renamedFrom: { kind: 'ConfigMap', name: 'a', first: 'new' } });
  });

  it('counts how changes ended, and tells of what is forgotten', () => {
    const changes = [update, write('create', 'ConfigMap shop/b')];
    const plan = planOf([ownerPlan('web', changes, { forget: ['one'] })]);
    const document = resultDocument(resultOf(plan, [outcome('web', changes[0] ?? update, { result: 'stopped' })]));
    expect(document.results).toEqual({ succeeded: 0, failed: 0, blocked: 0, stopped: 1 });
    expect(document.owners[0]?.notes).toEqual([expect.stringContaining('1 recorded object is gone')]);
  });

  it('says the same in YAML as in JSON, for readers of either version', () => {
    const document = planDocument(planOf([ownerPlan('web', [update])]));
    const yaml = documentText(document, 'yaml');
    expect(parse(yaml, { version: '1.1' })).toEqual(JSON.parse(documentText(document, 'json')));
    expect(parse(yaml, { version: '1.2' })).toEqual(JSON.parse(documentText(document, 'json')));
  });

  it('keeps all digits of large integers', () => {
    const big = write('update', 'ConfigMap shop/a', { differences: [{ path: 'spec.x', after: 9007199254740993n }] });
    const document = planDocument(planOf([ownerPlan('web', [big])]));
    expect(documentText(document, 'json')).toContain('"after": 9007199254740993');
    expect(documentText(document, 'yaml')).toContain('after: 9007199254740993');
  });

  it('leaves out what is for saved plans alone', () => {
    const masked = { path: 'data.x', before: '***', after: '***', digests: { before: 'a', after: 'b' } };
    const document = planDocument(planOf([ownerPlan('web', [{ ...update, differences: [masked] }])]));
    expect(document.owners[0]?.changes[0]?.differences).toEqual([{ path: 'data.x', before: '***', after: '***' }]);
  });

  it('does not depend on the order of owners and changes', () => {
    const changes = [update, keep('ConfigMap shop/b'), keep('ConfigMap attic/b')];
    const one = planOf([ownerPlan('p', changes), ownerPlan('q', changes)]);
    const other = planOf([ownerPlan('q', [...changes].reverse()), ownerPlan('p', [...changes].reverse())]);
    expect(planDocument(one)).toEqual(planDocument(other));
  });
});
