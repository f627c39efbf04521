/** Checks documents against the JSON Schemas that the program prints. */
import { type Schema, Validator } from '@cfworker/json-schema';
import { type SchemaName, schema } from '../../src/commands/schema.ts';

const validators = new Map<SchemaName, Validator>();

/** What is wrong with a document, as `place: message`; nothing when it keeps the schema. */
export function violationsOf(kind: SchemaName, document: unknown): string[] {
  const validator = validators.get(kind) ?? new Validator(schemaOf(kind), '2020-12', false);
  validators.set(kind, validator);
  return validator.validate(document).errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

/** As it is printed. */
export function schemaOf(kind: SchemaName): Schema {
  let text = '';
  schema(kind, {
    stdout: {
      write: (chunk: string) => {
        text += chunk;
        return true;
      },
    },
  });
  return JSON.parse(text);
}
