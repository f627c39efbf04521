/** The program: its verbs, what becomes of errors and signals, and the only place that ends the process. */
import { setMaxListeners } from 'node:events';
import { Argument, Command, CommanderError } from 'commander';
import type { Shell } from './commands/completion-scripts.ts';
import { addConsentFlags } from './commands/consent-flags.ts';
import { addDaemonFlags } from './commands/daemon-flags.ts';
import {
  type ApplyOptions,
  addClusterFlags,
  addDefinitionFlags,
  addDemoFlags,
  addGlobalFlags,
  addHistoryFlags,
  addPlanFlags,
  addRollbackFlags,
  addSavedFlags,
  addSaveFlags,
  addWatchFlags,
  addWriteFlags,
  type DemoOptions,
  type HistoryOptions,
  type PlanOptions,
  type PruneOptions,
  type RollbackOptions,
  type WatchOptions,
} from './commands/flags.ts';
import { addGroups } from './commands/groups.ts';
import { addObjectVerbs } from './commands/object-verbs.ts';
import { addOperatorVerbs } from './commands/operator-verbs.ts';
import type { ProfileSetOptions } from './commands/profile.ts';
import type { SchemaName } from './commands/schema.ts';
import type { Terminal } from './commands/terminal.ts';
import { addOutputFlag, addViewFlags, type ViewOptions } from './commands/view-flags.ts';
import { readEnvironment } from './config/environment.ts';
import { VidraError } from './errors.ts';
import { version } from './version.ts';

const interrupted = new AbortController();
// Every request under way listens to it, and there may be many: no leak.
setMaxListeners(0, interrupted.signal);
const terminal: Terminal = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: readEnvironment(),
  cwd: process.cwd(),
  signal: interrupted.signal,
};

/** What the verb that ran ended with. */
let status = 0;
/** It, as people call it. */
let running = 'vidra COMMAND';

/** An action of commander: it hands over the arguments, the options and the command. */
function run<Options>(verb: (options: Options, name: string | undefined) => Promise<number>) {
  return async (...given: unknown[]) => {
    const command = given.at(-1) as Command;
    status = await verb(
      command.optsWithGlobals<Options & Record<string, unknown>>(),
      typeof given[0] === 'string' ? given[0] : undefined,
    );
  };
}

function buildProgram(): Command {
  const program = addGlobalFlags(new Command('vidra'))
    .description('Keeps Kubernetes clusters in the state that a source describes.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(usageText(text)) })
    .exitOverride();

  const plan = program.command('plan').description('show what would change, and change nothing');
  addViewFlags(addConsentFlags(addPlanFlags(addClusterFlags(addDefinitionFlags(plan, 'optional')))));
  addSaveFlags(plan);
  plan.action(run<PlanOptions>(async (options) => (await import('./commands/plan.ts')).plan(options, terminal)));

  const apply = program.command('apply').description('make it so: show the plan, ask, carry it out, wait');
  addDefinitionFlags(addSavedFlags(apply), 'optional');
  addViewFlags(addWriteFlags(addConsentFlags(addPlanFlags(addClusterFlags(apply)))));
  apply.action(
    run<ApplyOptions>(async (options, file) => (await import('./commands/apply.ts')).apply(file, options, terminal)),
  );

  const show = addViewFlags(
    program
      .command('show')
      .argument('<plan>', 'file of vidra plan --out')
      .description('print a plan that vidra plan --out saved'),
  );
  show.action(
    run<ViewOptions>(async (options, file) =>
      (await import('./commands/show.ts')).show(String(file), options, terminal),
    ),
  );

  const watch = program
    .command('watch')
    .description('stay, and make it so on every change of source, definition or cluster');
  addWatchFlags(addConsentFlags(addPlanFlags(addClusterFlags(addDefinitionFlags(watch, 'optional')))));
  addDaemonFlags(watch);
  watch.action(run<WatchOptions>(async (options) => (await import('./commands/watch.ts')).watch(options, terminal)));

  const prune = program.command('prune').description('remove what no definition wants any more');
  addViewFlags(addWriteFlags(addConsentFlags(addClusterFlags(addDefinitionFlags(prune, 'optional')))));
  prune.action(run<PruneOptions>(async (options) => (await import('./commands/prune.ts')).prune(options, terminal)));

  addObjectVerbs(program, runOnObjects, terminal);
  const history = program
    .command('history')
    .argument('[owner]', 'only what this one had')
    .description('list what owners had before');
  addOutputFlag(addHistoryFlags(addClusterFlags(history)));
  history.action(
    run<HistoryOptions>(async (options, owner) =>
      (await import('./commands/history.ts')).history(owner, options, terminal),
    ),
  );

  const rollback = program
    .command('rollback')
    .argument('<owner>', 'as plans and vidra history name it')
    .description('go back to what an owner had before');
  addViewFlags(addRollbackFlags(addWriteFlags(addConsentFlags(addClusterFlags(rollback)))));
  rollback.action(
    run<RollbackOptions>(async (options, owner) =>
      (await import('./commands/rollback.ts')).rollback(String(owner), options, terminal),
    ),
  );

  const demo = addDemoFlags(program.command('demo').description('watch it work on a real, throwaway control plane'));
  demo.action(run<DemoOptions>(async (options) => (await import('./demo/demo.ts')).demo(options, terminal)));

  addOperatorVerbs(program, run, runOnObjects, terminal);
  addGroups(program, run, terminal);
  addProfile(program);
  program
    .command('schema')
    .description('print the JSON Schema of what -o json and -o yaml print')
    .addArgument(new Argument('<document>', 'which document').choices(['plan', 'result', 'history', 'status', 'watch']))
    .action(run(async (_options, name) => (await import('./commands/schema.ts')).schema(name as SchemaName, terminal)));
  program
    .command('completion')
    .description('print a script that completes vidra in a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish', 'powershell']))
    .action(
      run(async (_options, shell) => (await import('./commands/completion.ts')).completion(shell as Shell, terminal)),
    );
  program
    .command('__complete <shell> [words...]', { hidden: true })
    .allowUnknownOption()
    .action(async (shell: string, words: string[]) => {
      status = await (await import('./commands/completion.ts')).candidates(program, shell, words, terminal);
    });
  program
    .command('version')
    .description('print the version')
    .action(() => void process.stdout.write(`${version}\n`));
  addHints(program, 'vidra');
  program.hook('preAction', (_program, command) => {
    running = pathOf(command);
  });
  return program;
}

/** Such as `vidra cluster get`. */
function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** What commander says, as other errors say it: on one line, with the code. */
function usageText(text: string): string {
  return `${text.trimEnd().replace(/\n\(Did you mean (.*)\?\)$/, '; did you mean $1?')} (USAGE)\n`;
}

/** Wrong usage of a verb names the help of that verb. */
function addHints(command: Command, name: string): void {
  command.showHelpAfterError(`hint: See ${name} --help`);
  for (const child of command.commands) addHints(child, `${name} ${child.name()}`);
}

/** As `run`, for verbs that take objects. */
function runOnObjects<Options>(verb: (objects: readonly string[], options: Options) => Promise<number>) {
  return async (objects: readonly string[], ...given: unknown[]) => {
    const command = given.at(-1) as Command;
    status = await verb(objects, command.optsWithGlobals<Options & Record<string, unknown>>());
  };
}

function addProfile(program: Command): void {
  const profile = program.command('profile').description('remember Infrahubs and how to log in to them');
  const load = () => import('./commands/profile.ts');
  profile
    .command('set <name>')
    .description('add a profile, or replace it; secrets that are not given are asked for')
    .requiredOption('--infrahub <url>', 'address of the Infrahub that the credentials are for')
    .option('--api-key <key>', 'API key; - reads it from standard input')
    .option('--username <name>', 'user name')
    .option('--password <password>', 'password; - reads it from standard input')
    .option('--ca-file <file>', 'PEM file with a certificate authority to trust')
    .action(
      run<ProfileSetOptions>(async (options, name) => (await load()).profileSet(String(name), options, terminal)),
    );
  profile
    .command('list')
    .description('list the profiles, without secrets')
    .action(run(async () => (await load()).profileList(terminal)));
  profile
    .command('use <name>')
    .description('make a profile the current one')
    .action(run(async (_options, name) => (await load()).profileUse(String(name), terminal)));
  profile
    .command('delete <name>')
    .description('forget a profile and its credentials')
    .action(run(async (_options, name) => (await load()).profileDelete(String(name), terminal)));
}

async function showError(error: unknown): Promise<number> {
  // Whatever breaks after the user asked to end, ended because of that.
  const shown =
    interrupted.signal.aborted && !(error instanceof VidraError) ? new VidraError('INTERRUPTED', 'interrupted') : error;
  const [{ errorText }, { styleFor }] = await Promise.all([import('./view/error-text.ts'), import('./view/style.ts')]);
  const style = styleFor({
    terminal: process.stderr.isTTY === true,
    colour: !process.argv.includes('--no-color'),
    environment: terminal.environment,
  });
  process.stderr.write(errorText(shown, version, style, running));
  if (process.argv.includes('--github')) (await import('./commands/github.ts')).reportError(shown, terminal);
  return shown instanceof VidraError ? shown.exit : 1;
}

async function main(): Promise<number> {
  try {
    await buildProgram().parseAsync();
    return status;
  } catch (error) {
    // Commander has printed its message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 64;
    return showError(error);
  }
}

/** Milliseconds. npm passes a Ctrl-C on that the terminal has sent here already: only a later one is a second one. */
const sameSignal = 500;

function endOnSignals(): void {
  let first = 0;
  const interrupt = () => {
    if (interrupted.signal.aborted) {
      if (performance.now() - first > sameSignal) process.exit(130);
      return;
    }
    first = performance.now();
    interrupted.abort(new VidraError('INTERRUPTED', 'interrupted'));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt);
}

/** A reader that goes away, such as `head`, is no reason to leave an apply half done. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // EIO comes from a terminal that was closed.
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
}

outliveReaders();
endOnSignals();
process.exitCode = await main();
// What is left open, such as standard input, must not keep the process.
process.stdout.write('', () => process.exit());
