/** What a namespace may be called. Loaded by every start, so it imports nothing. */

/** Whether Kubernetes takes this as the name of a namespace. */
export function isNamespaceName(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}
