/** The flags of the verbs, each written once. Loaded by every start, so it imports next to nothing. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isLabelValue, isNamespaceName } from '../config/namespace-name.ts';
import { parseDuration } from '../definition/duration.ts';
import type { Policy } from '../definition/policy.ts';
import type { ConsentOptions } from './consent-flags.ts';
import type { DaemonOptions } from './daemon-flags.ts';
import type { OutputFormat, ViewOptions } from './view-flags.ts';

export interface GlobalOptions {
  readonly profile?: string;
  readonly color: boolean;
  readonly verbose?: boolean;
}

export interface ClusterOptions extends GlobalOptions {
  readonly context?: string;
  readonly kubeconfig?: string;
}

export interface DefinitionOptions extends ClusterOptions, ViewOptions {
  /** Files, folders, patterns, or `-` for standard input. */
  readonly filename: readonly string[];
  readonly set?: string;
  readonly namespace?: string;
}

export interface PlanOptions extends Omit<DefinitionOptions, 'filename'>, ConsentOptions {
  /** Missing: the definitions of the cluster. */
  readonly filename?: readonly string[];
  /** True for the flag without a value. */
  readonly adopt?: true | Policy['adopt'];
  readonly prune?: boolean;
  readonly detailedExitcode?: boolean;
  /** File to save the plan to. */
  readonly out?: string;
}

export interface WriteOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly wait: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

export type ApplyOptions = Omit<PlanOptions, 'filename' | 'out'> &
  WriteOptions & { readonly filename?: readonly string[]; readonly allowOutdated?: boolean };
export type PruneOptions = Omit<DefinitionOptions, 'filename'> &
  WriteOptions &
  ConsentOptions & { readonly filename?: readonly string[]; readonly detailedExitcode?: boolean };

export interface WatchOptions
  extends Omit<PlanOptions, 'output' | 'filename'>,
    Pick<WriteOptions, 'wait' | 'timeout'>,
    DaemonOptions {
  /** Missing: the definitions of the cluster. */
  readonly filename?: readonly string[];
  /** Text on a terminal and JSON elsewhere, if missing. */
  readonly output?: 'text' | 'json';
  /** Milliseconds. */
  readonly interval: number;
}

export interface AdoptOptions extends PlanOptions, WriteOptions {
  readonly filename: readonly string[];
}

export interface ReleaseOptions extends ClusterOptions, ViewOptions, WriteOptions {
  readonly owner?: string;
  readonly detailedExitcode?: boolean;
}

export interface MoveOptions extends ClusterOptions {
  readonly from?: string;
  readonly to: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export interface HistoryOptions extends ClusterOptions {
  readonly output: OutputFormat;
  readonly revision?: number;
}

export interface RollbackOptions extends ClusterOptions, ViewOptions, WriteOptions, ConsentOptions {
  readonly toRevision?: number;
  readonly detailedExitcode?: boolean;
}

export interface DemoOptions extends GlobalOptions {
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly keep?: boolean;
  /** Folder of a control plane that was kept. */
  readonly stop?: string;
}

export function addGlobalFlags(command: Command): Command {
  return command
    .option('--profile <name>', 'use this profile for Infrahub, and no other (VIDRA_PROFILE)')
    .option('--no-color', 'no colours, even on a terminal')
    .option('-v, --verbose', 'tell on standard error what is being done');
}

export function addClusterFlags(command: Command): Command {
  return command
    .option('--context <name>', 'context of the kubeconfig; the current one if not given')
    .option('--kubeconfig <file>', 'file to read instead of what KUBECONFIG names');
}

export function addDefinitionFlags(command: Command, filename: 'required' | 'optional'): Command {
  const flag = new Option(
    '-f, --filename <path>',
    'file, folder or pattern with definitions, - for standard input; repeatable',
  )
    .argParser(collect)
    .makeOptionMandatory(filename === 'required');
  return command
    .addOption(flag)
    .option('--set <name>', 'name of the set that the definitions belong to (default: default)', labelValue)
    .option(
      '-n, --namespace <name>',
      'for objects that name none, where the definition names none either',
      namespaceName,
    );
}

export function addPlanFlags(command: Command): Command {
  return command
    .option('--prune', 'delete what belongs to definitions that left the set')
    .addOption(
      new Option(
        '--adopt [policy]',
        'take over objects that exist and are not managed by Vidra: IfUnowned (if not given) or Always',
      ).choices(['Never', 'IfUnowned', 'Always']),
    );
}

export function addSaveFlags(command: Command): Command {
  return command
    .option('--detailed-exitcode', 'exit with 2 when the plan holds changes')
    .option('--out <file>', 'save the plan, to carry out exactly this one later with: vidra apply FILE', fileName);
}

/** Of a verb that takes a saved plan instead of definitions. */
export function addSavedFlags(command: Command): Command {
  return command
    .argument('[plan]', 'file of vidra plan --out: do exactly what it says; -f says where its definitions are now')
    .option('--allow-outdated', 'carry a saved plan out although definitions or sources have changed since');
}

export function addWriteFlags(command: Command): Command {
  return addWaitFlags(
    command
      .option('-y, --yes', 'do not ask')
      .option('--dry-run', 'show the plan and change nothing')
      .option('--detailed-exitcode', 'with --dry-run: exit with 2 when the plan holds changes'),
  );
}

function addWaitFlags(command: Command): Command {
  return addTimeoutFlag(command.option('--no-wait', 'do not wait until objects are healthy, or gone'));
}

export function addTimeoutFlag(command: Command): Command {
  return command.addOption(
    new Option('--timeout <duration>', 'how long to wait, as in 90s, 5m or 1h30m')
      .argParser(durationMs)
      .default(300_000, '5m'),
  );
}

export function addWatchFlags(command: Command): Command {
  return addWaitFlags(command)
    .addOption(
      new Option('--interval <duration>', 'time between two reconciles, where the definitions do not say')
        .argParser(durationMs)
        .default(300_000, '5m'),
    )
    .addOption(
      new Option('-o, --output <format>', 'text, or a line of JSON for each event (default: json when piped)').choices([
        'text',
        'json',
      ]),
    );
}

export function addMoveFlags(command: Command): Command {
  return command
    .requiredOption('--to <owner>', 'who gets them')
    .option('--from <owner>', 'whose they are now, where they have several owners')
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'show what would be done and change nothing');
}

export function addHistoryFlags(command: Command): Command {
  return command.option('--revision <number>', 'print what this revision wanted, values of Secrets hidden', revision);
}

export function addRollbackFlags(command: Command): Command {
  return command.option(
    '--to-revision <number>',
    'the one to go back to; the last different one if not given',
    revision,
  );
}

export function addDemoFlags(command: Command): Command {
  return command
    .addOption(new Option('--context <name>', 'play on the cluster of this context, and leave nothing there'))
    .addOption(new Option('--kubeconfig <file>', 'file that holds the context, instead of what KUBECONFIG names'))
    .addOption(new Option('--keep', 'leave the control plane running, to go on with it').conflicts('context'))
    .addOption(
      new Option('--stop <folder>', 'end a control plane that was kept').conflicts(['context', 'kubeconfig', 'keep']),
    );
}

/** What the flags say over the definitions. */
export function overridesOf({ adopt }: Pick<PlanOptions, 'adopt'>): Partial<Policy> {
  return adopt ? { adopt: adopt === true ? ('IfUnowned' as const) : adopt } : {};
}

/** Milliseconds. Throws InvalidArgumentError. */
function durationMs(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError('Write 90s, 5m or 1h30m.');
  return milliseconds;
}

function revision(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a number from 1 on.');
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return [...(previous ?? []), value];
}

function fileName(text: string): string {
  if (text === '' || text === '-') throw new InvalidArgumentError('Write the name of a file.');
  return text;
}

function labelValue(text: string): string {
  if (isLabelValue(text)) return text;
  throw new InvalidArgumentError('Use at most 63 letters, digits, dots, dashes and underscores.');
}

/** Throws InvalidArgumentError. */
export function namespaceName(text: string): string {
  if (isNamespaceName(text)) return text;
  throw new InvalidArgumentError('Use at most 63 small letters, digits and dashes.');
}
