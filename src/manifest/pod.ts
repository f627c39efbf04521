/** What keeps a Pod from being ready, as its status says. */
import { conditionOf } from './condition.ts';
import type { JsonObject } from './manifest.ts';

interface Terminated {
  readonly exitCode?: number;
  readonly reason?: string;
}

interface Container {
  readonly name?: string;
  readonly ready?: boolean;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: Terminated;
    readonly running?: object;
  };
  readonly lastState?: { readonly terminated?: Terminated };
}

/** Reasons of a container on its way to its start. */
const usual = new Set(['ContainerCreating', 'PodInitializing']);

/** For people; nothing when the Pod is ready, has ended well, or does not say. What its programs print is not shown. */
export function podTrouble(status: JsonObject): string | undefined {
  if (status['phase'] === 'Succeeded') return undefined;
  if (status['phase'] === 'Failed') return failure(status);
  if (conditionOf(status, 'Ready')?.status === 'True') return undefined;
  const scheduled = conditionOf(status, 'PodScheduled');
  if (scheduled?.status === 'False') return scheduled.message || 'it is not scheduled';
  const containers = [...containersOf(status, 'initContainerStatuses'), ...containersOf(status, 'containerStatuses')];
  return (
    first(containers, containerTrouble) ??
    first(containers, ({ state }) => state?.waiting?.reason) ??
    first(containers, ({ ready, state }) => (state?.running && ready === false ? 'is not ready' : undefined)) ??
    conditionOf(status, 'Ready')?.message
  );
}

function failure(status: JsonObject): string {
  const { reason, message } = status;
  const containers = [...containersOf(status, 'initContainerStatuses'), ...containersOf(status, 'containerStatuses')];
  const said = [reason, message].filter((text) => typeof text === 'string' && text !== '').join(': ');
  return said || (first(containers, containerTrouble) ?? 'it failed');
}

function containerTrouble({ state, lastState }: Container): string | undefined {
  const { reason = '', message = '' } = state?.waiting ?? {};
  // Its message only says how long the kubelet waits.
  if (reason === 'CrashLoopBackOff')
    return `${reason}${lastState?.terminated ? `: ${ended(lastState.terminated)}` : ''}`;
  if (reason && !usual.has(reason)) return message ? `${reason}: ${message}` : reason;
  return state?.terminated && state.terminated.exitCode !== 0 ? ended(state.terminated) : undefined;
}

function ended({ exitCode, reason }: Terminated): string {
  return `it ended with exit code ${exitCode}${reason && reason !== 'Error' ? ` (${reason})` : ''}`;
}

function first(containers: readonly Container[], trouble: (container: Container) => string | undefined) {
  for (const container of containers) {
    const text = trouble(container);
    if (text !== undefined) return `container ${container.name}: ${text}`;
  }
  return undefined;
}

function containersOf(status: JsonObject, field: string): readonly Container[] {
  const containers = status[field];
  return Array.isArray(containers) ? (containers as readonly Container[]) : [];
}
