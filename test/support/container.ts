/**
 * Runs a Pod's container as a process that has nothing but what the container would have: the image's files, user and environment,
 * a root that is read-only, no capabilities, and the ServiceAccount's token. Only root can make that, on Linux.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tokenOf } from './account.ts';
import type { Cluster } from './cluster.ts';
import { readImage } from './image.ts';
import { readKubeconfig } from './kubeconfig.ts';
import type { Pod } from './pod.ts';

/** Whether containers can be run here. */
export const canRunContainers = process.platform === 'linux' && process.getuid?.() === 0;

// The root, node, the folder of the ServiceAccount, user, group and working folder; then pairs of what is bound where; then -- and the command.
const script = `
set -e
root=$1 node=$2 account=$3 user=$4 group=$5 folder=$6
shift 6
bind() {
  if [ -d "$1" ]; then mkdir -p "$root$2"; else mkdir -p "$root\${2%/*}"; touch "$root$2"; fi
  mount --rbind "$1" "$root$2"
}
mount -t tmpfs -o mode=755 tmpfs "$root"
for path in /lib /lib64 /usr /etc /proc /dev; do if [ -e "$path" ]; then bind "$path" "$path"; fi; done
bind "$account" /var/run/secrets/kubernetes.io/serviceaccount
while [ "$1" != -- ]; do bind "$1" "$2"; shift 2; done
shift
bind "$node" "$1"
mkdir "$root/tmp"
mount -t tmpfs -o "mode=2770,gid=$group" tmpfs "$root/tmp"
mount -o remount,ro "$root"
exec chroot "$root" /usr/bin/env -C "$folder" /usr/bin/setpriv --reuid "$user" --regid "$group" --clear-groups \\
  --bounding-set=-all --inh-caps=-all --no-new-privs "$@"
`;

/** Starts it, with other arguments if they are given. The process gets the signals that the container would get. */
export async function startContainer(
  pod: Pod,
  cluster: Cluster,
  args: readonly string[] = pod.container.args,
): Promise<ChildProcessWithoutNullStreams> {
  const image = readImage();
  const { hostname, port } = new URL(readKubeconfig(cluster.kubeconfig).server);
  const env = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...image.environment,
    ...pod.environment,
    HOSTNAME: 'vidra-0',
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
  };
  const { runAsUser, runAsGroup } = pod.spec.securityContext;
  const root = mkdtempSync(join(tmpdir(), 'vidra-container-'));
  const account = await accountFiles(pod, cluster);
  const places = [root, process.execPath, account, `${runAsUser}`, `${runAsGroup}`, image.folder];
  const command = [...places, ...[...image.files].flat(), '--', ...image.entrypoint, ...args];
  const child = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', ...command], { env });
  // What is mounted goes with the process.
  child.once('exit', () => {
    for (const folder of [root, account]) rmSync(folder, { recursive: true });
  });
  return child;
}

/** What the kubelet mounts into a Pod, in a folder. */
async function accountFiles({ namespace, spec }: Pod, cluster: Cluster): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'vidra-account-'));
  const files = {
    token: await tokenOf(cluster, namespace, spec.serviceAccountName),
    'ca.crt': readKubeconfig(cluster.kubeconfig).ca,
    namespace,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  chmodSync(folder, 0o755);
  return folder;
}
