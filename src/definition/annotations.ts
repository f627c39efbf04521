/** What people say to Vidra about a definition in a cluster, besides the definition itself. */
const prefix = 'vidra.infrahub.operators.com';

/** Names of annotations. */
export const definitionAnnotations = {
  reconcile: `${prefix}/reconcile`,
  approve: `${prefix}/approve`,
  confirm: `${prefix}/confirm`,
} as const;

/** What each is for, in Markdown. */
export const annotationMeanings: Readonly<Record<keyof typeof definitionAnnotations, string>> = {
  reconcile:
    'Reconciles now whenever its value changes, to the time, for example. `status.lastHandledReconcile` repeats the value.',
  approve:
    'With `mode: Approve`, lets the plan be carried out whose digest it holds, as in `status.planDigest`. It is taken off when that is done.',
  confirm:
    'Lets guarded deletions pass, as `--confirm` does: `Namespace shop, 12 deletions of web`. It is taken off when something was deleted.',
};
