/** What the control plane's programs are built from. */
import { ownFile } from './own-files.ts';

/** Programs of one Go module, which pins them. */
export interface Recipe {
  /** For messages. */
  readonly what: string;
  /** What a build is named after in the cache, before machine and pinned modules. */
  readonly version: string;
  /** The folder with go.mod and go.sum. */
  readonly module: string;
  /** The package of each program, by the name of its file. */
  readonly packages: Readonly<Record<string, string>>;
  /** For Go's linker. */
  readonly linking: string;
  /** Variables of the environment that name programs which exist, for people without Go. */
  readonly variables: string;
}

/** The Kubernetes version that go.mod pins. */
export const kubernetesVersion = 'v1.36.3';

/** The programs of a control plane. */
export function controlPlaneRecipe(): Recipe {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(kubernetesVersion) ?? [];
  const version = 'k8s.io/component-base/version.git';
  return {
    what: 'control plane',
    version: kubernetesVersion,
    module: ownFile('go'),
    packages: {
      etcd: 'go.etcd.io/etcd/server/v3',
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
    },
    linking: `-s -w -X ${version}Version=${kubernetesVersion} -X ${version}Major=${major} -X ${version}Minor=${minor}`,
    variables:
      'KUBEBUILDER_ASSETS (a folder) nor TEST_ASSET_ETCD, TEST_ASSET_KUBE_APISERVER and TEST_ASSET_KUBE_CONTROLLER_MANAGER (files)',
  };
}
