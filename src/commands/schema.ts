/** `vidra schema`: prints the JSON Schema of the documents that `-o json` and `-o yaml` print. */
import { documentText } from '../view/document.ts';
import { documentSchema } from '../view/document-schema.ts';
import type { Terminal } from './terminal.ts';

/** What there is a schema of. */
export type SchemaName = 'plan' | 'result';

export async function schema(name: SchemaName, { stdout }: Pick<Terminal, 'stdout'>): Promise<0> {
  stdout.write(documentText(documentSchema(name), 'json'));
  return 0;
}
