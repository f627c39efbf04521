import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/manifest/manifest.ts';
import { podTrouble } from '../../../src/manifest/pod.ts';

const waiting = (name: string, reason: string, message?: string) => ({
  name,
  state: { waiting: message === undefined ? { reason } : { reason, message } },
});
const ended = (name: string, exitCode: number, reason: string) => ({
  name,
  state: { terminated: { exitCode, reason } },
});
const running = (name: string, ready: boolean) => ({ name, ready, state: { running: {} } });

const crashed = {
  ...waiting('web', 'CrashLoopBackOff', 'back-off 5m0s restarting failed container=web'),
  lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', message: 'the password is 1234' } },
};

test.each<[string, JsonObject, string | undefined]>([
  ['is ready', { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }, undefined],
  ['has ended well', { phase: 'Succeeded', containerStatuses: [ended('a', 0, 'Completed')] }, undefined],
  ['says nothing yet', { phase: 'Pending' }, undefined],
  ['was evicted', { phase: 'Failed', reason: 'Evicted', message: 'low on memory' }, 'Evicted: low on memory'],
  [
    'has ended badly',
    { phase: 'Failed', containerStatuses: [ended('web', 3, 'Error')] },
    'container web: it ended with exit code 3',
  ],
  ['has failed without a word', { phase: 'Failed' }, 'it failed'],
  [
    'has no node',
    { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }] },
    '0/3 nodes are available',
  ],
  [
    'cannot get its image, while another container starts',
    { containerStatuses: [waiting('a', 'ContainerCreating'), waiting('web', 'ErrImagePull', 'no such image')] },
    'container web: ErrImagePull: no such image',
  ],
  [
    'has a secret that is not there',
    { containerStatuses: [waiting('web', 'CreateContainerConfigError', 'secret "x" not found')] },
    'container web: CreateContainerConfigError: secret "x" not found',
  ],
  [
    'crashes again and again; what it printed is not shown',
    { containerStatuses: [crashed] },
    'container web: CrashLoopBackOff: it ended with exit code 137 (OOMKilled)',
  ],
  [
    'has a container for its start that fails',
    {
      initContainerStatuses: [ended('setup', 1, 'Error')],
      containerStatuses: [waiting('web', 'PodInitializing')],
    },
    'container setup: it ended with exit code 1',
  ],
  ['starts', { containerStatuses: [waiting('web', 'ContainerCreating')] }, 'container web: ContainerCreating'],
  [
    'runs and does not answer its probe',
    { containerStatuses: [running('a', true), running('web', false)] },
    'container web: is not ready',
  ],
  [
    'says it in a condition only',
    { conditions: [{ type: 'Ready', status: 'False', message: 'corresponding condition is missing' }] },
    'corresponding condition is missing',
  ],
  ['has statuses of another shape', { containerStatuses: { web: 'ok' } }, undefined],
])('A Pod that %s', (_title, status, expected) => {
  expect(podTrouble(status)).toBe(expected);
});
