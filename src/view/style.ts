/** What the terminal can show: colours, and characters beyond ASCII. */
import { Chalk, type ChalkInstance } from 'chalk';

export interface Glyphs {
  readonly create: string;
  readonly update: string;
  readonly adopt: string;
  readonly replace: string;
  readonly rename: string;
  readonly delete: string;
  readonly release: string;
  readonly keep: string;
  readonly skip: string;
  readonly healthy: string;
  readonly arrow: string;
  readonly ellipsis: string;
  /** Parts of a progress bar. */
  readonly full: string;
  readonly empty: string;
}

export interface Style {
  readonly colour: ChalkInstance;
  readonly glyphs: Glyphs;
}

const ascii: Glyphs = {
  create: '+',
  update: '~',
  adopt: '@',
  replace: '-/+',
  rename: '->',
  delete: '-',
  release: '>',
  keep: '=',
  skip: '!',
  healthy: '*',
  arrow: '->',
  ellipsis: '...',
  full: '#',
  empty: '.',
};
const unicode: Glyphs = {
  ...ascii,
  adopt: '⇄',
  replace: '±',
  rename: '→',
  release: '↷',
  healthy: '●',
  arrow: '→',
  ellipsis: '…',
  full: '█',
  empty: '░',
};

export function createStyle(options: { readonly colour: boolean; readonly unicode: boolean }): Style {
  return { colour: new Chalk({ level: options.colour ? 1 : 0 }), glyphs: options.unicode ? unicode : ascii };
}

interface StyleQuestion {
  /** Whether the output goes to a terminal. */
  readonly terminal: boolean;
  /** False after `--no-color`. */
  readonly colour: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Colours only on a terminal that shows them and where nobody turned them off; beyond ASCII only where the locale is UTF-8. */
export function styleFor({ terminal, colour, environment }: StyleQuestion): Style {
  const wanted = terminal && environment['TERM'] !== 'dumb' && !environment['NO_COLOR'];
  return createStyle({ colour: colour && wanted, unicode: isUnicode(environment) });
}

function isUnicode(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return /utf-?8/i.test(locale) || environment['WT_SESSION'] !== undefined;
}
