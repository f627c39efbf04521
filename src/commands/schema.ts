/** `vidra schema`: prints the JSON Schema of the documents that `-o json` and `-o yaml` print. */
import { documentText } from '../view/document.ts';
import { documentSchema } from '../view/document-schema.ts';
import { historySchema } from '../view/history-schema.ts';

/** What there is a schema of. */
export type SchemaName = 'plan' | 'result' | 'history';

export async function schema(
  name: SchemaName,
  { stdout }: { readonly stdout: { write(text: string): unknown } },
): Promise<0> {
  stdout.write(documentText(name === 'history' ? historySchema() : documentSchema(name), 'json'));
  return 0;
}
