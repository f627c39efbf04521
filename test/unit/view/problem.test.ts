/** How often an object is named to people where something is wrong with it. */
import { expect, it } from 'vitest';
import { planAnnotations, resultAnnotations } from '../../../src/view/annotation.ts';
import { usualDetail } from '../../../src/view/detail.ts';
import { planMarkdown, resultMarkdown } from '../../../src/view/markdown.ts';
import { planLines } from '../../../src/view/plan-text.ts';
import { resultLines } from '../../../src/view/result-text.ts';
import { createStyle } from '../../../src/view/style.ts';
import { outcome, ownerPlan, planOf, resultOf, skip, write } from '../../support/plan-builder.ts';

const plain = createStyle({ colour: false, unicode: true });
const name = 'Secret shop/login';
const problem = { code: 'CLUSTER_REFUSED', message: `${name}: Secret "login" is invalid` } as const;
const plan = planOf([ownerPlan('web', [skip(name, { code: problem.code, reason: problem.message })])]);
const failing = write('create', name);
const result = resultOf(planOf([ownerPlan('web', [failing])]), [
  outcome('web', failing, { result: 'failed', problem }),
]);
const told = { verb: 'Applied', milliseconds: 1 };

it.each([
  ['a plan as text', planLines(plan, plain).join('\n'), '! Secret login  Secret "login" is invalid (CLUSTER_REFUSED)'],
  ['a result as text', resultLines(result, told, plain).join('\n'), `! ${name} failed: Secret "login" is invalid (`],
  ['a plan in Markdown', planMarkdown(plan, usualDetail), `- \`${name}\` of \`web\`: Secret "login" is invalid (`],
  ['a result in Markdown', resultMarkdown(result, told, usualDetail), 'failed: Secret "login" is invalid ('],
  ['annotations of a plan', planAnnotations(plan)[0]?.message, 'Secret "login" is invalid\n'],
  ['annotations of a result', resultAnnotations(result)[0]?.message, 'Secret "login" is invalid\n'],
])('%s: once', (_where, text, said) => {
  expect(text).toContain(said);
  expect(text).not.toContain(`${name}: `);
});
