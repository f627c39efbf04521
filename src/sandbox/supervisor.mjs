/**
 * The process that owns one control plane: starts etcd, kube-apiserver and kube-controller-manager, and ends them with itself.
 * Runs as `node supervisor.mjs`, from the sources and from the package alike, so it is plain JavaScript.
 *
 * Its first line of input is JSON: `{ etcd, apiServer, controllerManager, keep }`, three paths and a boolean. It ends on the line
 * `stop`, on a signal, when a file `stop` appears in its folder, and at the end of its input: its parent is gone. With `keep` the
 * last of these holds only until everything runs. It prints one JSON object a line, each with `event`:
 * `folder` (folder), `part` (part), `ready` (kubeconfig, server), `failed` (part, message, log).
 */

import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { answers, freePort, readAuthority, writeCredentials, writeKubeconfig } from './supervisor-access.mjs';
import { apiServerArguments, controllerManagerArguments, etcdArguments, etcdSocket } from './supervisor-arguments.mjs';

const startLimit = 180_000;
const portAttempts = 5;
const logLimit = 64 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'vidra-sandbox-'));
/** @type {Map<string, import('node:child_process').ChildProcess>} */
const parts = new Map();
let ready = false;
let ending = false;
let keep = false;

/** A part that could not be started or has ended by itself. */
class PartError extends Error {
  /** @param {string} part @param {string} message */
  constructor(part, message) {
    super(message);
    this.part = part;
    this.log = readLog(part);
  }
}

function emit(event, fields) {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
}

function readLog(part) {
  try {
    return readFileSync(join(folder, `${part}.log`), 'utf8').slice(-logLimit);
  } catch {
    return '';
  }
}

/** The programs read settings from variables such as ETCD_NAME, so they get few. */
function environment() {
  const { PATH, HOME, TMPDIR } = process.env;
  return Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined));
}

function startPart(part, program, args) {
  if (ending) throw new PartError(part, 'was not started, because the control plane ends');
  emit('part', { part });
  const log = openSync(join(folder, `${part}.log`), 'w', 0o600);
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', log, log], env: environment() });
  closeSync(log);
  parts.set(part, child);
  child.once('error', (error) => fail(new PartError(part, error.message)));
  child.once('exit', (code, signal) => {
    if (ready && !ending) fail(new PartError(part, `ended with ${signal ?? `status ${code}`}`));
  });
  const processes = { supervisor: process.pid, parts: [...parts.values()].map(({ pid }) => pid) };
  // Whoever reads it meanwhile reads one of the two whole.
  const path = join(folder, 'processes.json');
  writeFileSync(`${path}.new`, JSON.stringify(processes), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Waits until `condition` returns something; throws when the part ends before, or after the time limit. */
async function until(part, condition) {
  const child = parts.get(part);
  for (const end = Date.now() + startLimit; Date.now() < end; await sleep(50)) {
    const result = await condition();
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new PartError(part, `ended with ${child.signalCode ?? `status ${child.exitCode}`}`);
    }
    if (result) return result;
  }
  throw new PartError(part, `was not ready after ${startLimit / 1000} seconds`);
}

/** Starts the API server on a free port; on another one when a stranger took the port meanwhile. */
async function startApiServer(program, token) {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const server = `https://127.0.0.1:${port}`;
    startPart('kube-apiserver', program, apiServerArguments(folder, port));
    try {
      const authority = await until('kube-apiserver', () => readAuthority(folder));
      await until('kube-apiserver', () => answers(`${server}/readyz`, { ca: authority, token }));
      return { server, authority };
    } catch (error) {
      if (attempt === portAttempts || !/address already in use/.test(error.log ?? '')) throw error;
    }
  }
}

async function start({ etcd, apiServer, controllerManager }) {
  const token = writeCredentials(folder);
  startPart('etcd', etcd, etcdArguments(folder));
  const socketPath = join(folder, etcdSocket);
  await until('etcd', () => answers('http://localhost/health', { socketPath }));
  const { server, authority } = await startApiServer(apiServer, token);
  const kubeconfig = writeKubeconfig(folder, { server, authority, token });
  startPart('kube-controller-manager', controllerManager, controllerManagerArguments(folder));
  for (const path of ['namespaces/default', 'namespaces/default/serviceaccounts/default']) {
    await until('kube-controller-manager', () => answers(`${server}/api/v1/${path}`, { ca: authority, token }));
  }
  return { kubeconfig, server };
}

function fail(error) {
  if (ending) return;
  emit('failed', { part: error.part ?? 'supervisor', message: error.message, log: error.log ?? String(error.stack) });
  end();
}

function endPart(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return undefined;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  return gone;
}

/** Ends the parts at once, as their data is thrown away: first the API server, whose requests need etcd. */
async function end() {
  if (ending) return;
  ending = true;
  for (const part of ['kube-apiserver', 'kube-controller-manager', 'etcd']) {
    const child = parts.get(part);
    if (child) await endPart(child);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
}

async function receive(line) {
  if (line === 'stop') return end();
  const settings = JSON.parse(line);
  keep = settings.keep;
  try {
    const access = await start(settings);
    ready = true;
    emit('ready', access);
  } catch (error) {
    fail(error);
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
process.on('uncaughtException', fail);
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
emit('folder', { folder });
const input = createInterface({ input: process.stdin });
input.on('line', receive);
input.on('close', () => {
  if (!ready || !keep) end();
});
setInterval(() => {
  if (existsSync(join(folder, 'stop')) || !existsSync(folder)) end();
}, 300);
