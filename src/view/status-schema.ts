/** The JSON Schema of what is kept in a cluster. */
import type { DefinitionStatus, ObjectStatus, OwnerStatus } from '../engine/status-tree.ts';
import { closed, described, listOf, rootOf, type Schema, text, word } from './json-schema.ts';
import { formatVersion, type StatusDocument } from './status-document.ts';

/** Of what `vidra status -o json` prints. */
export function statusSchema(): Schema {
  const object = closed<ObjectStatus>(
    {
      group: text,
      version: word,
      kind: word,
      namespace: text,
      name: word,
      state: { enum: ['current', 'progressing', 'failed', 'missing', 'unknown'] },
      reason: described(text, 'for people; empty when it is as it should be'),
    },
    {},
  );
  const owner = closed<OwnerStatus>(
    {
      name: word,
      set: described(text, 'of the definitions that it was applied with'),
      server: described(text, 'empty for the home cluster'),
      objects: listOf(object),
    },
    { artifact: word },
  );
  const definition = closed<DefinitionStatus>(
    {
      kind: { enum: ['InfrahubSync', 'VidraResource'] },
      name: word,
      from: described({ enum: ['cluster', 'files'] }, 'files: only its records are in the cluster'),
      owners: listOf(owner),
    },
    {
      suspended: { const: true },
      ready: described(word, 'status of the condition Ready, where an operator has given one'),
      message: described(word, 'of that condition'),
    },
  );
  return {
    ...rootOf('status', formatVersion, 'What is kept in a cluster'),
    ...closed<StatusDocument>(
      { formatVersion: { const: formatVersion }, kind: { const: 'Status' }, definitions: listOf(definition) },
      {},
    ),
  };
}
