/** Parts of JSON Schemas, and objects whose fields the types keep true to those of a document. */

export interface Schema {
  readonly [keyword: string]: unknown;
}

/** The names of the fields that may be missing. */
export type Optional<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T];
export type Fields<Name extends PropertyKey> = { readonly [K in Name]: Schema };

export const text: Schema = { type: 'string' };
export const word: Schema = { type: 'string', minLength: 1 };
export const flag: Schema = { type: 'boolean' };
/** A number that counts from 1. */
export const position: Schema = { type: 'integer', minimum: 1 };
export const count: Schema = { type: 'integer', minimum: 0 };

export function described(schema: Schema, description: string): Schema {
  return { description, ...schema };
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

/** A schema of the same document. */
export function ref(name: string): Schema {
  return { $ref: `#/$defs/${name}` };
}

/** Has all of the first fields, maybe some of the second, and no others. */
export function closed<T>(required: Fields<Exclude<keyof T, Optional<T>>>, optional: Fields<Optional<T>>): Schema {
  return object(required, optional);
}

/** The same where no type says which fields there are. */
export function object(required: object, optional: object = {}): Schema {
  const properties = { ...required, ...optional };
  return { type: 'object', properties, required: Object.keys(required), additionalProperties: false };
}

/** What a schema of a whole document begins with. */
export function rootOf(name: string, formatVersion: string, title: string): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:vidra:${name}:${formatVersion}`,
    title,
    $comment: 'Later versions of Vidra may add fields without raising formatVersion: ignore what you do not know.',
  };
}
