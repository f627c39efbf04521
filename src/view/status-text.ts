/** The tree of definitions, owners and objects for people; what is healthy is counted unless it is asked for. */
import type { DefinitionStatus, ObjectStatus, OwnerStatus } from '../engine/status-tree.ts';
import { describe } from '../manifest/manifest.ts';
import { compareFields } from './order.ts';
import { printableLine } from './printable.ts';
import { countOf } from './quantity.ts';
import type { Style } from './style.ts';

export interface StatusTextOptions {
  /** Healthy objects, too. */
  readonly objects: boolean;
}

/** Lines without line feeds. */
export function statusLines(tree: readonly DefinitionStatus[], style: Style, options: StatusTextOptions): string[] {
  if (tree.length === 0) return ['Nothing is kept in this cluster yet.'];
  const lines = tree.flatMap((definition) => definitionLines(definition, style, options));
  return [...lines, '', style.colour.bold(summaryOf(tree))];
}

const words = {
  current: 'healthy',
  progressing: 'on the way',
  failed: 'failed',
  missing: 'missing',
  unknown: 'unknown',
} as const;
type State = keyof typeof words;
const states = Object.keys(words) as State[];

function definitionLines(definition: DefinitionStatus, style: Style, options: StatusTextOptions): string[] {
  const { kind, name, owners } = definition;
  const objects = owners.flatMap((owner) => owner.objects);
  const title = `${mark(worstOf(objects), style)} ${style.colour.bold(printableLine(`${kind} ${name}`))}`;
  // A VidraResource is its only owner.
  const isOwner = kind === 'VidraResource' && owners.length === 1 && owners[0]?.name === name;
  const facts = [
    standingOf(definition, style),
    isOwner ? placeOf(owners[0] as OwnerStatus) : '',
    isOwner ? countsOf(objects) : '',
  ];
  const first = [title, ...facts.filter((fact) => fact !== '')].join('  ');
  const inner = isOwner
    ? objectLines(objects, style, options)
    : owners.flatMap((owner) => ownerLines(owner, style, options));
  return [first, ...inner.map((line) => `  ${line}`)];
}

function standingOf({ from, ready, message = '', suspended }: DefinitionStatus, { colour }: Style): string {
  if (suspended) return colour.yellow('suspended');
  if (from === 'files') return colour.dim('from files');
  if (ready === undefined) return colour.dim('no operator has looked at it');
  if (ready === 'True') return colour.green('ready');
  return `${colour.red('not ready')}${message && `: ${printableLine(message)}`}`;
}

function ownerLines(owner: OwnerStatus, style: Style, options: StatusTextOptions): string[] {
  const { name, artifact, objects } = owner;
  const title = artifact === undefined || artifact === name ? name : `${artifact.replace(/ \(\S+\)$/, '')} (${name})`;
  const facts = [placeOf(owner), countsOf(objects)].filter((fact) => fact !== '');
  const first = [`${mark(worstOf(objects), style)} ${printableLine(title)}`, ...facts].join('  ');
  return [first, ...objectLines(objects, style, options).map((line) => `  ${line}`)];
}

function objectLines(objects: readonly ObjectStatus[], style: Style, options: StatusTextOptions): string[] {
  const shown = objects.filter(({ state }) => options.objects || state !== 'current');
  return [...shown]
    .sort((one, other) => compareFields(fieldsOf(one), fieldsOf(other)))
    .map((object) => {
      const reason = object.reason === '' ? '' : `  ${style.colour.dim(printableLine(object.reason))}`;
      return `${mark(object.state, style)} ${printableLine(describe(object))}${reason}`;
    });
}

function placeOf({ server }: OwnerStatus): string {
  return server === '' ? '' : `on ${printableLine(server)}`;
}

function countsOf(objects: readonly ObjectStatus[]): string {
  if (objects.length === 0) return 'no objects';
  const counts = states.flatMap((state) => {
    const count = objects.filter((object) => object.state === state).length;
    return count > 0 ? [`${count} ${words[state]}`] : [];
  });
  return objects.every(({ state }) => state === 'current')
    ? `${countOf(objects.length, 'object')} healthy`
    : `${countOf(objects.length, 'object')}: ${counts.join(', ')}`;
}

function summaryOf(tree: readonly DefinitionStatus[]): string {
  const owners = tree.flatMap((definition) => definition.owners);
  const objects = owners.flatMap((owner) => owner.objects);
  return `${countOf(tree.length, 'definition')}, ${countOf(owners.length, 'owner')}, ${countsOf(objects)}.`;
}

function worstOf(objects: readonly ObjectStatus[]): State {
  const bad = (['failed', 'missing', 'unknown', 'progressing'] as const).find((state) =>
    objects.some((object) => object.state === state),
  );
  return bad ?? 'current';
}

function mark(state: State, { colour, glyphs }: Style): string {
  if (state === 'current') return colour.green(glyphs.healthy);
  return state === 'progressing' || state === 'unknown' ? colour.yellow(glyphs.update) : colour.red(glyphs.skip);
}

function fieldsOf({ namespace, kind, name, group }: ObjectStatus): string[] {
  return [namespace, kind, name, group];
}
