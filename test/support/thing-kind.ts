/** A kind of a test's own. */

/** The definition of the kind Thing in a group; `more` is what else there is to say of its only version, v1. Anything is a Thing if nothing is said. */
export function thingKind(group: string, more: object = {}) {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'Thing', plural: 'things' },
      versions: [{ name: 'v1', served: true, storage: true, schema, ...more }],
    },
  };
}
