/** The documentation of definitions, as Markdown made of their rules. */
import { stringify } from 'yaml';
import { annotationMeanings, definitionAnnotations } from '../../src/definition/annotations.ts';
import { columns } from '../../src/definition/columns.ts';
import { kinds } from '../../src/definition/crd.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { describeRule } from '../../src/definition/describe.ts';
import { examples } from '../../src/definition/examples.ts';
import type { Fields, MappingRule, Rule } from '../../src/definition/rule.ts';
import { specRules, validations } from '../../src/definition/rules.ts';
import { conditionMeanings, statusRules } from '../../src/definition/status-rules.ts';
import { table } from './markdown-table.ts';

type Row = readonly [field: string, values: string, meaning: string];

/** A row for each field of `spec` that most people look for; those of lists and of references are in the reference. */
export function shortTable(): string {
  const rows = Object.values(specRules).flatMap(({ fields }) => rowsOf(fields, { depth: 2, words: false }));
  return table(['field', 'values, **default**', 'meaning'], unique(rows));
}

/** The whole page. */
export function referencePage(): string {
  const all = Object.keys(kinds) as Definition['kind'][];
  return `# Definitions

Fields and status of the kinds that Vidra brings along. This page and the files beside it are generated of \`src/definition\` by
\`npm run readme\`. Fields with a * must be there; what is **bold** is the default.
${all.map(sectionOf).join('')}
## Conditions

Of both kinds, for \`kubectl wait --for=condition=Ready isync/web\` and other tools:

${table(
  ['condition', 'holds when'],
  Object.entries(conditionMeanings).map(([type, meaning]) => [`\`${type}\``, meaning]),
)}

## Annotations

What one may say of a definition in a cluster besides what is in its \`spec\`:

${table(
  ['annotation', 'meaning'],
  Object.entries(definitionAnnotations).map(([key, name]) => [
    `\`${name}\``,
    annotationMeanings[key as keyof typeof annotationMeanings],
  ]),
)}
`;
}

function sectionOf(kind: Definition['kind']): string {
  const { shortName, description } = kinds[kind];
  const [first, wide] = [false, true].map((isWide) =>
    columns[kind].filter((column) => (column.wide ?? false) === isWide),
  );
  return `
## ${kind}

${description} Cluster-wide; short name \`${shortName}\`, category \`vidra\`.
\`kubectl get ${shortName}\` prints ${namesOf(first)}, and with \`-o wide\` ${namesOf(wide)}, too.

\`\`\`yaml
${stringify(examples[kind], { lineWidth: 0 })}\`\`\`

### spec of ${kind}

${table(['field', 'values', 'meaning'], rowsOf(specRules[kind].fields, { depth: 9, words: true }))}

${rulesOf(specRules[kind])}

### status of ${kind}

${table(['field', 'values', 'meaning'], rowsOf(statusRules[kind].fields, { depth: 9, words: true }))}
`;
}

function namesOf(all: readonly { readonly name: string }[] = []): string {
  return all.map(({ name }) => name).join(', ');
}

/** What holds between fields, one line each. */
function rulesOf(spec: MappingRule): string {
  const inner = Object.entries(spec.fields).flatMap(([name, rule]) =>
    (rule.type === 'mapping' ? (rule.validations ?? []) : []).map(({ field, message }) => [
      `.${name}${field}`,
      message,
    ]),
  );
  const own = validations.map(({ field, message }) => [field.replace(/^\.spec/, ''), message]);
  return [...inner, ...own].map(([field = '', message]) => `- \`${field.slice(1)}\` ${message}.`).join('\n');
}

interface Detail {
  /** Levels of fields. */
  readonly depth: number;
  /** Whether choices are explained one by one, and lists and mappings opened. */
  readonly words: boolean;
}

function rowsOf(fields: Fields, detail: Detail, parent = ''): Row[] {
  return Object.entries(fields).flatMap(([name, rule]) => {
    const full = `${parent}${name}`;
    // Upstream's schema asks for what has a default, too.
    const mark = rule.required && rule.default === undefined ? '*' : '';
    const row: Row = [`\`${full}\`${mark}`, valuesOf(rule, detail), meaningOf(rule, detail)];
    return detail.depth > 1 ? [row, ...innerRows(rule, { ...detail, depth: detail.depth - 1 }, full)] : [row];
  });
}

function innerRows(rule: Rule, detail: Detail, full: string): Row[] {
  if (rule.type === 'mapping') return rowsOf(rule.fields, detail, `${full}.`);
  return rule.type === 'list' && detail.words ? innerRows(rule.items, detail, `${full}[]`) : [];
}

function valuesOf(rule: Rule, { words }: Detail): string {
  if (rule.type === 'choice') {
    return Object.keys(rule.choices)
      .map((word) => (word === rule.default ? `**${word}**` : word))
      .join(', ');
  }
  const standard = rule.default === undefined ? '' : `**${rule.default}**`;
  if (!words) return standard;
  return [typeOf(rule), standard].filter(Boolean).join(', ');
}

function typeOf(rule: Rule): string {
  if (rule.type === 'list') return `list of ${typeOf(rule.items)}`;
  return rule.type === 'count' ? `number${rule.percent ? ' or share' : ''}` : rule.type;
}

function meaningOf(rule: Rule, { words }: Detail): string {
  return (words ? describeRule(rule) : (rule.description ?? '')).replaceAll('*', '\\*');
}

function unique(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [row[0], row])).values()];
}
