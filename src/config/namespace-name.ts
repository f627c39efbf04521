/** What a namespace may be called, and what a label may hold. Loaded by every start, so it imports nothing. */

/** Whether Kubernetes takes this as the name of a namespace. */
export function isNamespaceName(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}

/** Whether Kubernetes takes this as the value of a label; an empty one is not meant. */
export function isLabelValue(text: string): boolean {
  return /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(text);
}
