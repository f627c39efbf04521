import { describe, expect, test } from 'vitest';
import { healthOf, isAlwaysHealthy } from '../../../src/manifest/health.ts';
import type { JsonObject, Manifest } from '../../../src/manifest/manifest.ts';

const versions: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  ReplicaSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  PodDisruptionBudget: 'policy/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  CustomResourceDefinition: 'apiextensions.k8s.io/v1',
  APIService: 'apiregistration.k8s.io/v1',
  Ingress: 'networking.k8s.io/v1',
  Certificate: 'cert-manager.io/v1',
  CertificateSigningRequest: 'certificates.k8s.io/v1',
  FlowSchema: 'flowcontrol.apiserver.k8s.io/v1',
};

function object(kind: string, spec: JsonObject, status: JsonObject | undefined, metadata: JsonObject = {}): Manifest {
  const body = {
    apiVersion: versions[kind] ?? 'v1',
    kind,
    metadata: { name: 'one', generation: 2, ...metadata },
    spec,
  };
  return (status ? { ...body, status } : body) as Manifest;
}

function condition(type: string, status: string, more: JsonObject = {}): JsonObject {
  return { type, status, ...more };
}

type Case = readonly [title: string, spec: JsonObject, status: JsonObject | undefined, state: string, reason?: string];

/** One test for each case; a reason is asserted where one is given. */
function cases(kind: string, list: readonly Case[]): void {
  describe(kind, () => {
    for (const [title, spec, status, state, reason] of list) {
      test(title, () => {
        const health = healthOf(object(kind, spec, status));
        expect(health.state).toBe(state);
        if (reason !== undefined) expect(health.reason).toBe(reason);
        if (state === 'current') expect(health.reason).toBe('');
      });
    }
  });
}

const seen = { observedGeneration: 2 };
const rolledOut = { ...seen, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };

cases('Deployment', [
  [
    'waits for its controller when nothing is reported',
    { replicas: 1 },
    undefined,
    'progressing',
    'its controller has not seen it',
  ],
  [
    'waits for its controller when an older version is reported',
    { replicas: 3 },
    { ...rolledOut, observedGeneration: 1 },
    'progressing',
    'its controller has not seen the newest version',
  ],
  ['is current when all replicas are new and available', { replicas: 3 }, rolledOut, 'current'],
  ['has one replica if nothing says otherwise', {}, { ...seen, replicas: 0 }, 'progressing', '0 of 1 replicas updated'],
  ['is current with no replicas', { replicas: 0 }, seen, 'current'],
  [
    'waits for new replicas',
    { replicas: 3 },
    { ...rolledOut, updatedReplicas: 1 },
    'progressing',
    '1 of 3 replicas updated',
  ],
  [
    'waits for old replicas to end',
    { replicas: 3 },
    { ...rolledOut, replicas: 4 },
    'progressing',
    'old replicas are still there',
  ],
  [
    'waits for availability',
    { replicas: 3 },
    { ...rolledOut, availableReplicas: 2 },
    'progressing',
    '2 of 3 replicas available',
  ],
  [
    'waits for the replicas that are too many after a scale-down',
    { replicas: 1 },
    rolledOut,
    'progressing',
    '2 replicas too many are still there',
  ],
  [
    'has failed when its deadline is over, and says why',
    { replicas: 3 },
    {
      ...rolledOut,
      updatedReplicas: 1,
      conditions: [condition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded', message: 'timed out' })],
    },
    'failed',
    'timed out',
  ],
  [
    'says why it cannot make replicas',
    { replicas: 1 },
    { ...seen, conditions: [condition('ReplicaFailure', 'True', { message: 'exceeded quota' })] },
    'progressing',
    'exceeded quota',
  ],
  [
    'goes on while it makes progress',
    { replicas: 3 },
    {
      ...rolledOut,
      updatedReplicas: 1,
      conditions: [condition('Progressing', 'True', { reason: 'ReplicaSetUpdated' })],
    },
    'progressing',
  ],
]);

const revisions = { currentRevision: 'one', updateRevision: 'two' };
const stable = { ...seen, replicas: 3, readyReplicas: 3, currentReplicas: 3, updatedReplicas: 3 };
const rolling = (partition: number) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } } });

cases('StatefulSet', [
  ['waits for its controller', { replicas: 3 }, {}, 'progressing', 'its controller has not seen it'],
  ['is current when all are ready and of one revision', { replicas: 3 }, stable, 'current'],
  ['is current when the server filled in the partition 0', { replicas: 3, ...rolling(0) }, stable, 'current'],
  ['is current with no replicas', { replicas: 0, ...rolling(0) }, seen, 'current'],
  ['waits for readiness', { replicas: 3 }, { ...stable, readyReplicas: 2 }, 'progressing', '2 of 3 replicas ready'],
  [
    'waits for the replicas that are too many',
    { replicas: 2 },
    stable,
    'progressing',
    '1 replicas too many are still there',
  ],
  [
    'waits for the new revision',
    { replicas: 3 },
    { ...stable, ...revisions },
    'progressing',
    'old replicas are still there',
  ],
  [
    'waits for all replicas with the partition 0',
    { replicas: 3, ...rolling(0) },
    { ...stable, ...revisions, updatedReplicas: 2 },
    'progressing',
    '2 of 3 replicas updated',
  ],
  [
    'is current when the replicas from the partition on are new',
    { replicas: 3, ...rolling(2) },
    { ...stable, ...revisions, updatedReplicas: 1 },
    'current',
  ],
  [
    'waits for the replicas from the partition on',
    { replicas: 3, ...rolling(1) },
    { ...stable, ...revisions, updatedReplicas: 1 },
    'progressing',
    '1 of 2 replicas updated',
  ],
  [
    'is current when the partition keeps all of them',
    { replicas: 3, ...rolling(5) },
    { ...stable, ...revisions, updatedReplicas: 0 },
    'current',
  ],
  [
    'is left to whoever deletes its Pods by hand',
    { replicas: 3, updateStrategy: { type: 'OnDelete' } },
    { ...stable, ...revisions, readyReplicas: 1 },
    'current',
  ],
]);

const everywhere = {
  ...seen,
  desiredNumberScheduled: 2,
  currentNumberScheduled: 2,
  updatedNumberScheduled: 2,
  numberAvailable: 2,
  numberReady: 2,
};

cases('DaemonSet', [
  ['waits for its controller', {}, {}, 'progressing', 'its controller has not seen it'],
  ['is current when every node has a new one', {}, everywhere, 'current'],
  ['is current when no node wants one', {}, { ...seen, desiredNumberScheduled: 0 }, 'current'],
  ['waits for updates', {}, { ...everywhere, updatedNumberScheduled: 1 }, 'progressing', '1 of 2 replicas updated'],
  ['waits for availability', {}, { ...everywhere, numberAvailable: 1 }, 'progressing', '1 of 2 replicas available'],
  ['waits for readiness', {}, { ...everywhere, numberReady: 1 }, 'progressing', '1 of 2 replicas available'],
  [
    'leaves updates to whoever deletes its Pods by hand',
    { updateStrategy: { type: 'OnDelete' } },
    { ...everywhere, updatedNumberScheduled: 0 },
    'current',
  ],
]);

cases('ReplicaSet', [
  [
    'is current when all are available',
    { replicas: 2 },
    { ...seen, replicas: 2, readyReplicas: 2, availableReplicas: 2 },
    'current',
  ],
  ['is current with no replicas', { replicas: 0 }, {}, 'current'],
  ['has one replica if nothing says otherwise', {}, {}, 'progressing', '0 of 1 replicas available'],
  [
    'waits for availability',
    { replicas: 2 },
    { readyReplicas: 2, availableReplicas: 1 },
    'progressing',
    '1 of 2 replicas available',
  ],
  [
    'waits for the replicas that are too many',
    { replicas: 0 },
    { replicas: 1 },
    'progressing',
    '1 replicas too many are still there',
  ],
  [
    'says why it cannot make replicas',
    { replicas: 1 },
    { conditions: [condition('ReplicaFailure', 'True', { message: 'exceeded quota' })] },
    'progressing',
    'exceeded quota',
  ],
]);

cases('Job', [
  ['waits for its start', {}, {}, 'progressing', 'it has not started'],
  ['waits for its end', {}, { startTime: 'now', active: 1 }, 'progressing', 'it runs'],
  ['is current when it is complete', {}, { startTime: 'now', conditions: [condition('Complete', 'True')] }, 'current'],
  [
    'has failed when it says so',
    {},
    { conditions: [condition('Failed', 'True', { reason: 'BackoffLimitExceeded', message: 'tried 6 times' })] },
    'failed',
    'tried 6 times',
  ],
  [
    'has not failed when the condition is false',
    {},
    { startTime: 'now', conditions: [condition('Failed', 'False')] },
    'progressing',
  ],
  ['is current while it is suspended', { suspend: true }, {}, 'current'],
]);

cases('Pod', [
  ['waits for its start', {}, {}, 'progressing', 'it is not ready'],
  ['is current when it is ready', {}, { phase: 'Running', conditions: [condition('Ready', 'True')] }, 'current'],
  [
    'is current when it has ended well',
    {},
    { phase: 'Succeeded', conditions: [condition('Ready', 'False')] },
    'current',
  ],
  ['has failed when it has ended badly', {}, { phase: 'Failed', message: 'evicted' }, 'failed', 'evicted'],
  [
    'says why it is not scheduled',
    {},
    { phase: 'Pending', conditions: [condition('PodScheduled', 'False', { message: 'no node' })] },
    'progressing',
    'no node',
  ],
  [
    'says which container waits for what',
    {},
    {
      phase: 'Running',
      containerStatuses: [
        { name: 'ok', state: { running: {} } },
        { name: 'web', state: { waiting: { reason: 'CrashLoopBackOff' } } },
      ],
    },
    'progressing',
    'container web: CrashLoopBackOff',
  ],
]);

cases('PersistentVolumeClaim', [
  ['waits until it is bound', {}, { phase: 'Pending' }, 'progressing', 'its phase is Pending'],
  ['waits without a phase', {}, undefined, 'progressing', 'its phase is not set'],
  ['is current when it is bound', {}, { phase: 'Bound' }, 'current'],
  ['has failed when its volume is lost', {}, { phase: 'Lost' }, 'failed', 'it is lost'],
]);

cases('Namespace', [
  ['is current when it is active', {}, { phase: 'Active' }, 'current'],
  ['waits while it ends', {}, { phase: 'Terminating' }, 'progressing', 'its phase is Terminating'],
]);

cases('Service', [
  ['is current at once', { type: 'ClusterIP' }, { loadBalancer: {} }, 'current'],
  [
    'waits for an address from a load balancer',
    { type: 'LoadBalancer' },
    { loadBalancer: {} },
    'progressing',
    'it has no address from a load balancer',
  ],
  ['is current with an address of its own', { type: 'LoadBalancer', externalIPs: ['192.0.2.1'] }, {}, 'current'],
  [
    'is current with an address',
    { type: 'LoadBalancer' },
    { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
    'current',
  ],
]);

cases('CustomResourceDefinition', [
  ['waits until it is established', {}, {}, 'progressing', 'it is not Established'],
  [
    'waits while it is installed',
    {},
    { conditions: [condition('NamesAccepted', 'True'), condition('Established', 'False', { message: 'installing' })] },
    'progressing',
    'installing',
  ],
  [
    'is current when it is established',
    {},
    { conditions: [condition('NamesAccepted', 'True'), condition('Established', 'True')] },
    'current',
  ],
  [
    'has failed when its names are taken',
    {},
    { conditions: [condition('NamesAccepted', 'False', { message: 'widgets is in use' })] },
    'failed',
    'widgets is in use',
  ],
]);

cases('APIService', [
  [
    'waits until its server answers',
    {},
    { conditions: [condition('Available', 'False', { message: 'no endpoints' })] },
    'progressing',
    'no endpoints',
  ],
  ['is current when its server answers', {}, { conditions: [condition('Available', 'True')] }, 'current'],
]);

cases('ReplicationController', [
  ['waits for availability', { replicas: 2 }, { availableReplicas: 1 }, 'progressing', '1 of 2 replicas available'],
  ['is current when all are available', { replicas: 1 }, { replicas: 1, availableReplicas: 1 }, 'current'],
]);

cases('PersistentVolume', [
  ['waits for its controller', {}, { phase: 'Pending' }, 'progressing', 'its phase is Pending'],
  ['is current when nobody claims it', {}, { phase: 'Available' }, 'current'],
  ['is current when it is claimed', {}, { phase: 'Bound' }, 'current'],
  ['is current when its claim is gone', {}, { phase: 'Released' }, 'current'],
  ['has failed when it cannot be reclaimed', {}, { phase: 'Failed', message: 'no plugin' }, 'failed', 'no plugin'],
]);

const scaling = (type: string, reason: string, status = 'False') => ({
  conditions: [condition(type, status, { reason, message: `because of ${reason}` })],
});

cases('HorizontalPodAutoscaler', [
  ['is current before anybody looked', {}, {}, 'current'],
  ['is current when it scales', {}, scaling('ScalingActive', 'ValidMetricFound', 'True'), 'current'],
  ['is current without metrics', {}, scaling('ScalingActive', 'FailedGetResourceMetric'), 'current'],
  ['is current while it is switched off', {}, scaling('ScalingActive', 'ScalingDisabled'), 'current'],
  [
    'waits for what it scales',
    {},
    scaling('AbleToScale', 'FailedGetScale'),
    'progressing',
    'because of FailedGetScale',
  ],
  [
    'waits for a selector that selects',
    {},
    scaling('ScalingActive', 'InvalidSelector'),
    'progressing',
    'because of InvalidSelector',
  ],
]);

cases('PodDisruptionBudget', [
  ['is current when nothing may be disrupted', {}, scaling('DisruptionAllowed', 'InsufficientPods'), 'current'],
  [
    'waits while it cannot be computed',
    {},
    scaling('DisruptionAllowed', 'SyncFailed'),
    'progressing',
    'because of SyncFailed',
  ],
  [
    'waits for its controller',
    {},
    { observedGeneration: 1 },
    'progressing',
    'its controller has not seen the newest version',
  ],
]);

cases('CertificateSigningRequest', [
  ['is current while nobody has decided', {}, {}, 'current'],
  ['is current when it is approved', {}, { conditions: [condition('Approved', 'True')] }, 'current'],
  ['has failed when it is denied', {}, { conditions: [condition('Denied', 'True', { reason: 'No' })] }, 'failed', 'No'],
  ['has failed when its signer has', {}, { conditions: [condition('Failed', 'True')] }, 'failed', 'it is Failed'],
]);

cases('FlowSchema', [
  ['is current when its level is there', {}, { conditions: [condition('Dangling', 'False')] }, 'current'],
  [
    'waits for its level',
    {},
    { conditions: [condition('Dangling', 'True', { message: 'no such level' })] },
    'progressing',
    'no such level',
  ],
]);

for (const kind of ['Ingress', 'CronJob', 'PodDisruptionBudget', 'HorizontalPodAutoscaler', 'ConfigMap']) {
  cases(kind, [['is current as soon as it is there', {}, undefined, 'current']]);
}

cases('Certificate', [
  ['is current without a status', {}, undefined, 'current'],
  ['is current when it is ready', {}, { conditions: [condition('Ready', 'True')] }, 'current'],
  [
    'waits while it is not ready, and says why',
    {},
    { conditions: [condition('Ready', 'False', { message: 'issuing' })] },
    'progressing',
    'issuing',
  ],
  [
    'waits while it is not known whether it is ready',
    {},
    { conditions: [condition('Ready', 'Unknown')] },
    'progressing',
    'it is not ready',
  ],
  [
    'falls back on being available',
    {},
    { conditions: [condition('Available', 'False', { reason: 'Starting' })] },
    'progressing',
    'Starting',
  ],
  [
    'waits while its controller is behind',
    {},
    { observedGeneration: 1, conditions: [condition('Ready', 'True')] },
    'progressing',
    'its controller has not seen the newest version',
  ],
  [
    'waits while the condition is about an older version',
    {},
    { conditions: [condition('Ready', 'True', { observedGeneration: 1 })] },
    'progressing',
    'its controller has not seen the newest version',
  ],
  [
    'waits while it is reconciled',
    {},
    { conditions: [condition('Ready', 'True'), condition('Reconciling', 'True', { message: 'renewing' })] },
    'progressing',
    'renewing',
  ],
  [
    'has failed when it is stalled',
    {},
    { conditions: [condition('Reconciling', 'True'), condition('Stalled', 'True', { reason: 'BadSpec' })] },
    'failed',
    'BadSpec',
  ],
  [
    'has not failed when that was said of an older version',
    {},
    { conditions: [condition('Stalled', 'True', { observedGeneration: 1 })] },
    'progressing',
    'its controller has not seen the newest version',
  ],
  ['is not bothered by conditions of another shape', {}, { conditions: { Ready: 'False' } }, 'current'],
  ['is not bothered by empty conditions', {}, { conditions: [null, condition('Ready', 'True')] }, 'current'],
]);

test('An object that is being deleted is never current', () => {
  const health = healthOf(object('ConfigMap', {}, undefined, { deletionTimestamp: '2026-08-01T12:00:00Z' }));
  expect(health).toEqual({ state: 'progressing', reason: 'is being deleted' });
});

test('A kind of somebody else is not judged by the rules of the built-in kind of the same name', () => {
  const knative = { ...object('Service', { type: 'LoadBalancer' }, {}), apiVersion: 'serving.knative.dev/v1' };
  expect(healthOf(knative)).toEqual({ state: 'current', reason: '' });
});

test.each([
  ['', 'ConfigMap', true],
  ['rbac.authorization.k8s.io', 'ClusterRole', true],
  ['admissionregistration.k8s.io', 'ValidatingWebhookConfiguration', true],
  ['apps', 'Deployment', false],
  // The API server makes it Active; one that is being deleted is never kept or written.
  ['', 'Namespace', true],
  ['networking.k8s.io', 'Ingress', true],
  ['snapshot.storage.k8s.io', 'StorageClass', false],
  ['example.org', 'Secret', false],
  ['cluster.x-k8s.io', 'Role', false],
])('Whether %s/%s needs no look is %s', (group, kind, expected) => {
  expect(isAlwaysHealthy({ group, kind })).toBe(expected);
});
