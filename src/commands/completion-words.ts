/** What may come next on a command line, from the program's own description of its verbs. Asks nobody. */
import type { Command, Option } from 'commander';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** Names that only the surroundings know. */
export type Source =
  | 'contexts'
  | 'definitions'
  | 'namespaces'
  | 'owners'
  | 'profiles'
  | 'revisions'
  | 'sets'
  | 'files'
  | 'nothing';

/** What is left to find out: words that are known, and where others come from. `given` are the options so far, by name. */
export interface Completion {
  readonly words: readonly Candidate[];
  readonly source: Source;
  /** Comes before each value, as in `--output=`. */
  readonly prefix: string;
  readonly arguments: readonly string[];
  readonly given: Readonly<Record<string, string>>;
}

const sourceOfOption: Readonly<Record<string, Source>> = {
  context: 'contexts',
  namespace: 'namespaces',
  set: 'sets',
  profile: 'profiles',
  revision: 'revisions',
  toRevision: 'revisions',
  to: 'owners',
  from: 'owners',
  owner: 'owners',
  filename: 'files',
  kubeconfig: 'files',
  out: 'files',
  caFile: 'files',
  stop: 'files',
};
const sourceOfArgument: Readonly<Record<string, Source>> = {
  owner: 'owners',
  plan: 'files',
  file: 'files',
  context: 'contexts',
  definition: 'definitions',
  definitions: 'definitions',
};

/** `words` are those after the program's name; the last one, which may be empty, is being typed. */
export function complete(program: Command, words: readonly string[]): Completion {
  const typed = words.at(-1) ?? '';
  const given: Record<string, string> = {};
  const found: string[] = [];
  let command = program;
  let waiting: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (waiting) {
      given[waiting.attributeName()] = word;
      waiting = undefined;
    } else if (word.startsWith('-') && word !== '-') {
      const [name = '', value] = word.split(/=(.*)/s);
      const option = optionsOf(command).find(({ long, short }) => long === name || short === name);
      if (option && value !== undefined) given[option.attributeName()] = value;
      else if (option?.required) waiting = option;
    } else {
      const child = found.length === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (child) command = child;
      else found.push(word);
    }
  }
  const base = { prefix: '', arguments: found, given };
  if (waiting) return { ...base, ...valuesOf(waiting) };
  const assigned = /^(--[\w-]+=)/.exec(typed)?.[1];
  const option = assigned && optionsOf(command).find(({ long }) => `${long}=` === assigned);
  if (option) return { ...base, ...valuesOf(option), prefix: assigned };
  if (typed.startsWith('-')) return { ...base, words: optionsOf(command).flatMap(flagWords), source: 'nothing' };
  return { ...base, ...nextArgument(command, found.length) };
}

function nextArgument(command: Command, position: number): Pick<Completion, 'words' | 'source'> {
  const children = command.commands.filter((child) => !child.name().startsWith('_'));
  if (children.length > 0) {
    const words = children.map((child) => ({ value: child.name(), description: child.description() }));
    return { words: position === 0 ? words : [], source: 'nothing' };
  }
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[position] ?? (last?.variadic ? last : undefined);
  if (argument?.argChoices) return { words: argument.argChoices.map(plain), source: 'nothing' };
  const name = argument?.name() ?? '';
  const isProfile = name === 'name' && command.parent?.name() === 'profile' && command.name() !== 'set';
  return { words: [], source: isProfile ? 'profiles' : (sourceOfArgument[name] ?? 'nothing') };
}

function valuesOf(option: Option): Pick<Completion, 'words' | 'source'> {
  if (option.argChoices) return { words: option.argChoices.map(plain), source: 'nothing' };
  return { words: [], source: sourceOfOption[option.attributeName()] ?? 'nothing' };
}

function plain(value: string): Candidate {
  return { value, description: '' };
}

function flagWords({ long, short, hidden, description }: Option): Candidate[] {
  if (hidden) return [];
  return [long, short].flatMap((value) => (value ? [{ value, description }] : []));
}

/** Those of the command and of all above it; each of them has the help. */
function optionsOf(command: Command): readonly Option[] {
  const own = command.createHelp().visibleOptions(command);
  const above = command.parent ? optionsOf(command.parent) : [];
  return [...own, ...above.filter(({ long }) => own.every((option) => option.long !== long))];
}
