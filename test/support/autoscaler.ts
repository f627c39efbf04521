/** Runs the HorizontalPodAutoscalers of a sandbox, which has no controller for them by itself. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findPrograms } from '../../src/sandbox/programs.ts';

/** Looks every second; without metrics it only keeps to the smallest and largest number of replicas. Returns how to end it. */
export async function startAutoscaler(kubeconfig: string): Promise<() => Promise<void>> {
  const { controllerManager } = await findPrograms({});
  const options = [
    `--kubeconfig=${kubeconfig}`,
    '--controllers=horizontal-pod-autoscaler-controller',
    '--horizontal-pod-autoscaler-sync-period=1s',
    '--use-service-account-credentials=false',
    '--leader-elect=false',
    '--secure-port=0',
  ];
  const child = spawn(controllerManager, options, { stdio: 'ignore' });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  return async () => {
    process.off('exit', kill);
    const exited = once(child, 'exit');
    kill();
    await exited;
  };
}
