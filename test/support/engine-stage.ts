/** An engine for each test of a file, on the control plane of the run. */
import { beforeEach } from 'vitest';
import { type Engine, startEngine } from './engine.ts';
import { type FaultyProxy, startProxy } from './proxy.ts';
import { cluster, namespace, useSharedCluster } from './stage.ts';

export let engine: Engine;
/** Between the engine and the API server, where a file asks for it. */
export let proxy: FaultyProxy;

export function useEngine(): void {
  useSharedCluster();
  beforeEach(async () => {
    engine = await startEngine(cluster.kubeconfig, namespace);
    return () => engine.close();
  });
}

/** Its requests can be counted, and disturbed. */
export function useProxiedEngine(): void {
  useSharedCluster();
  beforeEach(async () => {
    proxy = await startProxy(cluster.kubeconfig);
    engine = await startEngine(proxy.kubeconfig, namespace);
    return async () => {
      await engine.close();
      await proxy.close();
    };
  });
}
