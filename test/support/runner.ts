/** Reads workflow commands as the runner of GitHub Actions does (ActionCommand.cs), for tests. */

export interface RunnerCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** Every command in an output; the rest is only shown. */
export function readCommands(output: string): RunnerCommand[] {
  return output.split('\n').flatMap((line) => readCommand(line) ?? []);
}

function readCommand(line: string): RunnerCommand | undefined {
  const text = line.trimStart();
  if (text.startsWith('::')) {
    const end = text.indexOf('::', 2);
    if (end < 0) return undefined;
    const head = text.slice(2, end);
    const space = head.indexOf(' ');
    const name = space < 0 ? head : head.slice(0, space);
    const pairs = space < 0 ? [] : head.slice(space + 1).split(',');
    const properties = pairs.map((pair): [string, string] => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals).trim(), unescapeProperty(pair.slice(equals + 1))];
    });
    return { name, properties: Object.fromEntries(properties), data: unescapeData(text.slice(end + 2)) };
  }
  // The old form, anywhere in a line.
  const old = /##\[([a-z-]+)[^\]]*\](.*)/.exec(line);
  return old ? { name: old[1] ?? '', properties: {}, data: old[2] ?? '' } : undefined;
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  const decoded = text.replaceAll('%0D', '\r').replaceAll('%0A', '\n');
  return decoded.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');
}
