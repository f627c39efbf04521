/** The rules of src/README.md as a checker: file names and texts in, one sentence per broken rule out. */
import { dirname, join } from 'node:path/posix';

/** Texts by path from the root of the repository, with forward slashes. */
export type Files = ReadonlyMap<string, string>;

export interface Row {
  readonly name: string;
  /** What may be imported, and whether only for its types. */
  readonly allowed: ReadonlyMap<string, 'all' | 'types'>;
  readonly packages: ReadonlySet<string>;
}

interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
}

/** The rows of the table whose first column is "folder or file". Throws when there is none. */
export function readTable(markdown: string): Row[] {
  const lines = markdown.split('\n');
  const head = lines.findIndex((line) => /^\|\s*folder or file\s*\|/.test(line));
  if (head < 0) throw new Error('There is no table of who may import whom.');
  const rows: Row[] = [];
  for (const line of lines.slice(head + 2)) {
    if (!line.startsWith('|')) break;
    const [name = '', may = '', door = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim().replaceAll('`', ''));
    rows.push({ name, allowed: readAllowed(may), packages: new Set(listOf(door)) });
  }
  return rows;
}

function readAllowed(cell: string): Map<string, 'all' | 'types'> {
  if (cell === 'nothing') return new Map();
  return new Map(
    listOf(cell).map((item) => {
      const types = item.endsWith(' (types)');
      return [types ? item.slice(0, -' (types)'.length) : item, types ? 'types' : 'all'];
    }),
  );
}

function listOf(cell: string): string[] {
  return cell.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
}

/** Everything that is wrong, sorted by nothing but the order of rows and files. */
export function violations(files: Files, rows: readonly Row[]): string[] {
  const code = new Map([...files].filter(([path]) => /\.(ts|mjs|js)$/.test(path)));
  return [
    ...tableViolations(rows),
    ...[...files.keys()].flatMap(placeViolations),
    ...[...code].flatMap(([path, text]) => importViolations(path, text, rows)),
    ...[...code].flatMap(([path, text]) => ambientViolations(path, text)),
    ...cycles(code),
  ];
}

/** A row that names itself or a row below it could hide a cycle of folders. */
function tableViolations(rows: readonly Row[]): string[] {
  return rows.flatMap((row, index) => {
    const below = new Set(rows.slice(index).map((other) => other.name));
    return [...row.allowed.keys()]
      .filter((name) => below.has(name))
      .map((name) => `src/README.md: ${row.name} names ${name}, which is not above it`);
  });
}

const leftOver = /^(utils?|helpers?|common|misc|shared|types|constants|index)$/;

function placeViolations(path: string): string[] {
  const parts = path.split('/');
  const found: string[] = [];
  const name = (parts.at(-1) ?? '').replace(/\.[a-z]+$/, '');
  if (leftOver.test(name) && path !== 'src/index.ts') found.push(`${path}: "${name}" names no topic`);
  if (parts.length > 3 && !path.startsWith('src/sandbox/go/')) found.push(`${path}: more than one level of folders`);
  return found;
}

function importViolations(path: string, text: string, rows: readonly Row[]): string[] {
  const own = unitOf(path);
  const row = rows.find((candidate) => candidate.name === own);
  if (!row) return [`${path}: ${own} is not in the table`];
  return importsOf(text).flatMap(({ specifier, typesOnly }) => {
    if (specifier.startsWith('node:')) return [];
    if (!specifier.startsWith('.')) {
      const name = packageOf(specifier);
      return row.packages.has(name) ? [] : [`${path}: ${own} is no door for ${name}`];
    }
    const other = unitOf(join(dirname(path), specifier));
    if (other === own) return [];
    const allowed = row.allowed.get(other);
    if (!allowed) return [`${path}: ${own} may not import ${other}`];
    return allowed === 'types' && !typesOnly ? [`${path}: ${own} may import only types of ${other}`] : [];
  });
}

/** The row that a file belongs to: its folder in src, or its own name directly in src; its path outside of src. */
function unitOf(path: string): string {
  const [top, folder = '', file] = path.split('/');
  if (top !== 'src') return path;
  return file === undefined ? folder.replace(/\.[a-z]+$/, '') : folder;
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

const statement = /^\s*(?:import|export)\s+(type\s)?[^'";]*?\sfrom\s+['"]([^'"]+)['"]/gm;
const bare = /^\s*import\s+['"]([^'"]+)['"]/gm;
const call = /\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]/g;

/** Static, dynamic and re-exporting imports. */
export function importsOf(source: string): Import[] {
  const text = withoutComments(source);
  return [
    ...[...text.matchAll(statement)].map((match) => ({
      specifier: match[2] as string,
      typesOnly: match[1] !== undefined,
    })),
    ...[bare, call].flatMap((form) =>
      [...text.matchAll(form)].map((match) => ({ specifier: match[1] as string, typesOnly: false })),
    ),
  ];
}

/** Good enough for code that the formatter has seen: block comments, and lines that are nothing but a comment. */
function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '');
}

interface Ambient {
  readonly what: string;
  readonly pattern: RegExp;
  readonly mayUse: (path: string) => boolean;
}

const ambient: readonly Ambient[] = [
  { what: 'console', pattern: /\bconsole\s*[.[]|node:console/, mayUse: () => false },
  {
    what: 'process.exit',
    pattern: /\bprocess\s*\.\s*exit(Code)?\b|\bexit\b[^;]*from 'node:process'/,
    mayUse: (path) => path === 'src/cli.ts' || path === 'src/sandbox/supervisor.mjs',
  },
  {
    what: 'process.env',
    pattern: /\bprocess\s*\.\s*env\b|\benv\b[^;]*from 'node:process'/,
    mayUse: (path) => path === 'src/config/environment.ts' || path.startsWith('src/sandbox/'),
  },
  {
    what: 'the clock, a timer or chance',
    pattern:
      /\bDate\.now\b|\bnew Date\(\s*\)|\bset(Timeout|Interval|Immediate)\b|\bMath\.random\b|\bperformance\.now\b|\brandom(UUID|Bytes|Int)\b/,
    mayUse: (path) => !/^src\/(manifest|plan)\//.test(path),
  },
];

const longest = 300;

function ambientViolations(path: string, source: string): string[] {
  const text = withoutComments(source);
  const used = ambient.filter(({ pattern, mayUse }) => !mayUse(path) && pattern.test(text));
  const lines = source.trimEnd().split('\n').length;
  return [
    ...used.map(({ what }) => `${path}: ${what} may not be used here`),
    ...(lines > longest ? [`${path}: ${lines} lines, more than ${longest}`] : []),
  ];
}

/** Files that import each other in a circle, types included: each circle once, from its first file on. */
function cycles(code: Files): string[] {
  const found: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (path: string, way: readonly string[]): void => {
    if (state.get(path) === 'open') {
      found.push(`cycle: ${[...way.slice(way.indexOf(path)), path].join(' -> ')}`);
    }
    if (state.has(path)) return;
    state.set(path, 'open');
    for (const { specifier } of importsOf(code.get(path) ?? '')) {
      const other = specifier.startsWith('.') ? join(dirname(path), specifier) : '';
      if (code.has(other)) visit(other, [...way, path]);
    }
    state.set(path, 'done');
  };
  for (const path of code.keys()) visit(path, []);
  return found;
}
