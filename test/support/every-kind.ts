/** Manifests of many built-in kinds, as people and generators write them. */

export interface ManifestWithoutName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: object;
  /** Where the kind's names follow a rule of their own. */
  readonly name?: string;
  readonly [field: string]: unknown;
}

/** A Pod's fields, with what generators like to write: empty lists and maps, and quantities that the server spells otherwise. */
const pod = {
  containers: [
    {
      name: 'c',
      image: 'i',
      ports: [{ containerPort: 80 }],
      resources: { limits: { cpu: '1000m', memory: '1024Mi' }, requests: { cpu: 0.5, memory: '0.5Gi' } },
      env: [
        { name: 'A', value: '' },
        { name: 'B', value: 'x' },
      ],
      livenessProbe: { httpGet: { path: '/', port: 80 } },
      securityContext: {},
      volumeMounts: [{ name: 'e', mountPath: '/e' }],
    },
  ],
  volumes: [{ name: 'e', emptyDir: {} }],
  tolerations: [],
  nodeSelector: {},
  imagePullSecrets: [],
  affinity: {},
  initContainers: [],
  securityContext: {},
};
const template = { metadata: { labels: { a: 'b' }, creationTimestamp: null, annotations: {} }, spec: pod };
const selector = { matchLabels: { a: 'b' } };
/** By a name of their own; each is a manifest without name. */
export const everyKind: Readonly<Record<string, ManifestWithoutName>> = {
  svcClusterIP: {
    apiVersion: 'v1',
    kind: 'Service',
    spec: {
      selector: { a: 'b' },
      ports: [
        { port: 80, targetPort: 'http' },
        { port: 81, name: 'x', targetPort: 8080, protocol: 'UDP' },
      ].map((p, i) => ({ name: `p${i}`, ...p })),
    },
  },
  svcHeadless: { apiVersion: 'v1', kind: 'Service', spec: { clusterIP: 'None', selector: { a: 'b' }, ports: [] } },
  svcNodePort: {
    apiVersion: 'v1',
    kind: 'Service',
    spec: { type: 'NodePort', selector: { a: 'b' }, ports: [{ port: 80 }] },
  },
  svcLB: {
    apiVersion: 'v1',
    kind: 'Service',
    spec: {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      selector: { a: 'b' },
      ports: [{ port: 80, nodePort: 0 }],
    },
  },
  svcExternal: { apiVersion: 'v1', kind: 'Service', spec: { type: 'ExternalName', externalName: 'example.org' } },
  svcDual: {
    apiVersion: 'v1',
    kind: 'Service',
    spec: {
      ipFamilyPolicy: 'PreferDualStack',
      selector: { a: 'b' },
      ports: [{ port: 80 }],
      sessionAffinity: 'ClientIP',
    },
  },
  ingress: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    spec: {
      tls: [{ hosts: ['h.example.org'], secretName: 's' }],
      rules: [
        {
          host: 'h.example.org',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }],
          },
        },
      ],
    },
    status: { loadBalancer: {} },
  },
  deployment: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    spec: { replicas: 2, selector, template, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: '25%' } } },
  },
  daemonset: { apiVersion: 'apps/v1', kind: 'DaemonSet', spec: { selector, template } },
  statefulset: {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    spec: {
      serviceName: 's',
      replicas: 0,
      selector,
      template,
      volumeClaimTemplates: [
        {
          metadata: { name: 'e', creationTimestamp: null },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
          status: {},
        },
      ],
    },
  },
  cronjob: {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    spec: { schedule: '@daily', jobTemplate: { spec: { template: { spec: { ...pod, restartPolicy: 'Never' } } } } },
  },
  job: { apiVersion: 'batch/v1', kind: 'Job', spec: { template: { spec: { ...pod, restartPolicy: 'Never' } } } },
  jobTtl: {
    apiVersion: 'batch/v1',
    kind: 'Job',
    spec: {
      suspend: true,
      ttlSecondsAfterFinished: 100,
      template: { metadata: { labels: { x: 'y' } }, spec: { ...pod, restartPolicy: 'OnFailure' } },
    },
  },
  hpa: {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    spec: {
      maxReplicas: 3,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' },
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
      behavior: { scaleDown: { policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] } },
    },
  },
  hpaV1: {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    spec: {
      maxReplicas: 3,
      targetCPUUtilizationPercentage: 80,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' },
    },
  },
  pdb: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', spec: { minAvailable: '50%', selector } },
  pdbInt: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', spec: { maxUnavailable: 1, selector: {} } },
  role: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', rules: [] },
  roleNull: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', rules: null },
  rolebinding: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [
      { kind: 'ServiceAccount', name: 'x' },
      { kind: 'User', name: 'u' },
    ],
  },
  clusterrole: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
  clusterroleAgg: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    aggregationRule: {
      clusterRoleSelectors: [{ matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } }],
    },
    rules: [],
  },
  clusterroleAggRules: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    aggregationRule: {
      clusterRoleSelectors: [{ matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } }],
    },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
  clusterrolebinding: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [],
  },
  netpol: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    spec: {
      podSelector: {},
      ingress: [{}],
      policyTypes: ['Ingress', 'Egress'],
      egress: [
        {
          to: [
            { namespaceSelector: {}, podSelector: selector },
            { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
          ],
          ports: [{ port: 53, protocol: 'UDP' }, { port: 'dns' }],
        },
      ],
    },
  },
  netpolDeny: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', spec: { podSelector: {}, ingress: [] } },
  pvc: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } }, storageClassName: 'none' },
  },
  pv: {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    spec: {
      capacity: { storage: '0.5Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/x' },
      storageClassName: 'none',
    },
  },
  storageclass: { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', provisioner: 'x.y/z', parameters: {} },
  vwc: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    webhooks: [
      {
        name: 'a.example.org',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        clientConfig: { service: { name: 's', namespace: 'n', path: '/' } },
        rules: [{ apiGroups: ['nothing.example.org'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['x'] }],
      },
    ],
  },
  mwc: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    webhooks: [
      {
        name: 'a.example.org',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        clientConfig: { url: 'https://example.org/' },
        rules: [{ apiGroups: ['nothing.example.org'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['x'] }],
      },
    ],
  },
  vap: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['nothing.example.org'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['x'] },
        ],
      },
      validations: [{ expression: 'true' }],
    },
  },
  vapb: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    spec: { policyName: 'x', validationActions: ['Audit'] },
  },
  priority: {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    value: 0,
    globalDefault: false,
    description: '',
  },
  limitrange: {
    apiVersion: 'v1',
    kind: 'LimitRange',
    spec: { limits: [{ type: 'Container', default: { cpu: '1000m' }, max: { cpu: 2 } }] },
  },
  quota: { apiVersion: 'v1', kind: 'ResourceQuota', spec: { hard: { pods: '10', 'requests.cpu': '1000m' } } },
  secretDocker: {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') },
  },
  secretBasic: {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/basic-auth',
    stringData: { username: 'u', password: '' },
  },
  secretBoth: { apiVersion: 'v1', kind: 'Secret', stringData: { a: 'x' }, data: { a: 'eQ==', b: '' } },
  secretEmpty: { apiVersion: 'v1', kind: 'Secret', data: {} },
  secretNull: { apiVersion: 'v1', kind: 'Secret', data: null, immutable: true },
  secretToken: {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: { annotations: { 'kubernetes.io/service-account.name': 'default' } },
  },
  cmBinary: { apiVersion: 'v1', kind: 'ConfigMap', binaryData: { x: 'AAEC' }, data: {} },
  cmImmutable: { apiVersion: 'v1', kind: 'ConfigMap', immutable: true, data: { a: 'b' } },
  // More than any annotation can hold.
  cmLarge: { apiVersion: 'v1', kind: 'ConfigMap', data: { text: 'long '.repeat(150_000) } },
  cmEmpties: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { labels: {}, annotations: { x: '' } },
    data: { empty: '' },
  },
  serviceaccount: {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    imagePullSecrets: [{ name: 'x' }],
    secrets: [{ name: 'y' }],
  },
  namespace: { apiVersion: 'v1', kind: 'Namespace', metadata: { labels: { name: 'x' } } },
  namespaceFin: { apiVersion: 'v1', kind: 'Namespace', spec: { finalizers: ['kubernetes'] } },
  endpoints: {
    apiVersion: 'v1',
    kind: 'Endpoints',
    subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }],
  },
  endpointslice: {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'] }],
    ports: [{ port: 80 }],
  },
  lease: {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    spec: { holderIdentity: 'x', renewTime: '2026-01-01T00:00:00.000000Z' },
  },
  ingressclass: { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', spec: { controller: 'x.y/z' } },
  runtimeclass: { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', handler: 'x' },
  apiservice: {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    name: 'v1.aggregated.example.org',
    spec: {
      group: 'aggregated.example.org',
      version: 'v1',
      groupPriorityMinimum: 100,
      versionPriority: 1,
      insecureSkipTLSVerify: true,
      service: { name: 'x', namespace: 'default' },
    },
  },
  podtemplate: { apiVersion: 'v1', kind: 'PodTemplate', template },
  pod: { apiVersion: 'v1', kind: 'Pod', spec: { ...pod, automountServiceAccountToken: false } },
  flowschema: {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    spec: { priorityLevelConfiguration: { name: 'catch-all' }, matchingPrecedence: 9000, rules: [] },
  },
  crd: {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'gizmos.kinds.example.org',
    spec: {
      group: 'kinds.example.org',
      scope: 'Namespaced',
      names: { kind: 'Gizmo', plural: 'gizmos' },
      preserveUnknownFields: false,
      conversion: { strategy: 'None' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  'x-kubernetes-preserve-unknown-fields': true,
                  properties: { n: { type: 'integer', default: 3 }, q: { 'x-kubernetes-int-or-string': true } },
                },
              },
            },
          },
          additionalPrinterColumns: [],
        },
      ],
    },
    status: { acceptedNames: { kind: '', plural: '' }, conditions: [], storedVersions: [] },
  },
};
