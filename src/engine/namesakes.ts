/** Owners that have the name of another one are left out of a plan, and named. */
import { nameOfDefinition } from '../definition/definition.ts';
import { VidraError } from '../errors.ts';
import type { InventoryRecord, OwnerHeader } from '../inventory/inventory.ts';
import type { Problem } from '../plan/plan.ts';
import { type Intents, type OwnerIntent, problemOf } from './intent.ts';

/** Owners of one name would share their marks, and so take each other's objects: those of two records, and of two definitions. */
export function withoutNamesakes(intents: Intents, records: readonly InventoryRecord[]): Intents {
  const named = (all: readonly InventoryRecord[]) => new Map(all.map((record) => [record.header.name, record]));
  const elsewhere = named(records.filter((record) => record.elsewhere !== undefined));
  const own = named(records.filter((record) => record.elsewhere === undefined));
  const names = intents.owners.map(({ header }) => header.name);
  const first = new Map(names.map((name, index): [string, number] => [name, index]).reverse());
  const twins = new Set(names.filter((name, index) => first.get(name) !== index));
  const namesakeOf = ({ header }: OwnerIntent): Namesake | undefined => {
    const place = elsewhere.get(header.name)?.elsewhere;
    if (place !== undefined) return { type: 'elsewhere', place };
    if (twins.has(header.name)) return { type: 'twin' };
    const record = own.get(header.name);
    return record && isOfAnother(header, record) ? { type: 'record', of: definitionOf(record.header) } : undefined;
  };
  const found = intents.owners.map((owner) => ({ owner, namesake: namesakeOf(owner) }));
  const problems = found.flatMap(({ owner, namesake }) => (namesake ? [problemWith(owner.header, namesake)] : []));
  return {
    ...intents,
    owners: found.filter(({ namesake }) => !namesake).map(({ owner }) => owner),
    problems: [...intents.problems, ...problems],
  };
}

type Namesake =
  /** Of a Vidra whose records are in another namespace. */
  | { readonly type: 'elsewhere'; readonly place: string }
  | { readonly type: 'twin' }
  | { readonly type: 'record'; readonly of: string };

/** Whether it would take the record, and so the objects, of another definition. */
function isOfAnother(header: OwnerHeader, record: InventoryRecord): boolean {
  return header.sync !== record.header.sync && (record.written === true || record.entries.size > 0);
}

function problemWith(header: OwnerHeader, namesake: Namesake): Problem {
  const definition = definitionOf(header);
  const [code, message] = faultOf(namesake, definition);
  return { ...problemOf(new VidraError(code, message, { subject: header.name })), definition };
}

function faultOf(namesake: Namesake, definition: string): readonly ['DEFINITION_INVALID' | 'SET_MISMATCH', string] {
  switch (namesake.type) {
    case 'elsewhere':
      return [
        'SET_MISMATCH',
        `an owner of this name has its record in the namespace "${namesake.place}" (VIDRA_NAMESPACE)`,
      ];
    case 'twin':
      return ['DEFINITION_INVALID', `is the name of two owners of the set; one is of ${definition}`];
    case 'record':
      return [
        'DEFINITION_INVALID',
        `is the name of an owner of ${namesake.of} already; one of the two definitions needs another name`,
      ];
  }
}

function definitionOf({ sync, name }: OwnerHeader): string {
  return nameOfDefinition(sync === undefined ? { kind: 'VidraResource', name } : { kind: 'InfrahubSync', name: sync });
}
