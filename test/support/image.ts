/** What the Dockerfile makes, read from it, because there is nothing here that could build it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Image {
  /** What of the repository is built from. */
  readonly sources: readonly string[];
  /** From where in the repository to where in the image. */
  readonly files: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** `uid:gid`. */
  readonly user: string;
  readonly entrypoint: readonly string[];
}

type Instruction = readonly [name: string, value: string];

/** What .ci/Dockerfile of the repository in `root` says: its first stage builds, its last one is the image. */
export function readImage(root = join(import.meta.dirname, '../..')): Image {
  const lines = readFileSync(join(root, '.ci/Dockerfile'), 'utf8').split('\n');
  const all = lines.flatMap((line): Instruction[] => {
    const [, name, value] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return name && value ? [[name, value]] : [];
  });
  const last = all.findLastIndex(([name]) => name === 'FROM');
  const stage = all.slice(last);
  const read = (name: string) => stage.find((instruction) => instruction[0] === name)?.[1] ?? '';
  const workFolder = `${all.find(([name]) => name === 'WORKDIR')?.[1]}/`;
  const built = copies(stage).map(([, from = '', to = '']) => [join(root, from.replace(workFolder, '')), to] as const);
  return {
    sources: copies(all.slice(0, last)).flatMap((words) => words.slice(0, -1)),
    files: new Map(built),
    environment: Object.fromEntries(
      read('ENV')
        .split(' ')
        .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    ),
    folder: read('WORKDIR'),
    user: read('USER'),
    entrypoint: JSON.parse(read('ENTRYPOINT')),
  };
}

/** The words behind each COPY, of which the last is where to. */
function copies(instructions: readonly Instruction[]): string[][] {
  return instructions.filter(([name]) => name === 'COPY').map(([, value]) => value.split(' '));
}
