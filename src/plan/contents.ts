/** What counts as something that a Namespace holds. */
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { isOwnerManager } from '../manifest/owner.ts';

/** Made for every Namespace by Kubernetes itself, by `group/kind` and name; of kinds without names, all. */
const ofTheSystem: Readonly<Record<string, readonly string[] | 'all'>> = {
  '/ConfigMap': ['kube-root-ca.crt'],
  '/ServiceAccount': ['default'],
  '/Event': 'all',
  'events.k8s.io/Event': 'all',
  // Of Services, which count themselves.
  '/Endpoints': 'all',
  'discovery.k8s.io/EndpointSlice': 'all',
};

/** Whether objects of a kind are ever contents; others need not be listed. */
export function mayBeContent({ group, kind }: { group: string; kind: string }): boolean {
  return ofTheSystem[`${group}/${kind}`] !== 'all';
}

/**
 * Not what the system makes for every Namespace, and not what belongs to another object of the Namespace: it goes with that one.
 * `isNamespaced` tells of the owner's kind; an owner of a kind that is not is outside.
 */
export function isContent(
  object: ObjectMetadata,
  isNamespaced: (kind: { apiVersion: string; kind: string }) => boolean,
): boolean {
  const { group, kind, name } = object.reference;
  // Annotations are copied to what an object owns, so they do not tell that an owner of Vidra's wants it.
  if (object.managers.some(({ manager }) => isOwnerManager(manager))) return true;
  const system = ofTheSystem[`${group}/${kind}`];
  if (!mayBeContent(object.reference) || system?.includes(name)) return false;
  if (group === '' && kind === 'Secret' && object.annotations['kubernetes.io/service-account.name'] === 'default')
    return false;
  return !object.ownedBy.some(isNamespaced);
}
