/** A definition of each kind, for its documentation. */
import type { Manifest } from '../manifest/manifest.ts';
import { type Definition, definitionApiVersion } from './definition.ts';

const manifest = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  currency: EUR
`;

export const examples: Readonly<Record<Definition['kind'], Manifest>> = {
  InfrahubSync: {
    apiVersion: definitionApiVersion,
    kind: 'InfrahubSync',
    metadata: { name: 'web' },
    spec: {
      source: {
        infrahubAPIURL: 'https://infrahub.example.com',
        artefactName: 'Webserver_Manifest',
        targetBranch: 'main',
        targetDate: '2026-11-22T12:00:00Z',
        credentialsSecretRef: { namespace: 'vidra-system', name: 'infrahub' },
      },
      destination: {
        server: 'https://edge.example.com:6443',
        namespace: 'web',
        reconcileOnEvents: true,
        kubeconfigSecretRef: { namespace: 'vidra-system', name: 'edge', key: 'kubeconfig', context: 'edge' },
      },
      suspend: false,
      mode: 'Approve',
      interval: '5m',
      timeout: '2m',
      wait: true,
      dependsOn: [{ kind: 'VidraResource', name: 'settings' }],
      serviceAccountName: 'web/deployer',
      conflicts: [{ manager: 'hpa-*', kind: 'Deployment', path: '.spec.replicas', action: 'Yield' }],
      ignore: [{ kind: 'Deployment', name: 'web-*', namespace: 'web', paths: ['spec.replicas'] }],
      healthChecks: [
        {
          apiVersion: 'example.org/v1',
          kind: 'Machine',
          current: 'status.phase == "Running"',
          inProgress: 'status.phase == "Booting"',
          failed: 'status.phase == "Broken"',
        },
      ],
    },
  },
  VidraResource: {
    apiVersion: definitionApiVersion,
    kind: 'VidraResource',
    metadata: { name: 'settings' },
    spec: {
      manifest,
      reconciledAt: '2026-11-22T12:00:00Z',
      destination: { namespace: 'web' },
      adopt: 'IfUnowned',
      prune: false,
      deletionPolicy: 'Orphan',
      propagationPolicy: 'Foreground',
      replace: 'WhenImmutable',
      maxDeletions: '20%',
      historyLimit: 10,
    },
  },
};
