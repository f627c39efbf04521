/** Checks documents against the JSON Schemas that the program prints. */
import { type Schema, Validator } from '@cfworker/json-schema';
import { documentText } from '../../src/view/document.ts';
import { documentSchema } from '../../src/view/document-schema.ts';

/** What is wrong with a document, as `place: message`; nothing when it keeps the schema. */
export function violationsOf(kind: 'plan' | 'result', document: unknown): string[] {
  const validator = new Validator(schemaOf(kind), '2020-12', false);
  return validator.validate(document).errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

/** As it is printed. */
export function schemaOf(kind: 'plan' | 'result'): Schema {
  return JSON.parse(documentText(documentSchema(kind), 'json'));
}
