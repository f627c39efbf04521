/** `vidra schema`: prints the JSON Schema of what `-o json` and `-o yaml` print. */
import { documentText } from '../view/document.ts';
import { documentSchema } from '../view/document-schema.ts';
import { historySchema } from '../view/history-schema.ts';
import type { Schema } from '../view/json-schema.ts';
import { statusSchema } from '../view/status-schema.ts';
import { watchSchema } from '../view/watch-schema.ts';

const schemas = {
  plan: () => documentSchema('plan'),
  result: () => documentSchema('result'),
  history: historySchema,
  status: statusSchema,
  watch: watchSchema,
} satisfies Record<string, () => Schema>;

/** What there is a schema of. */
export type SchemaName = keyof typeof schemas;

export async function schema(
  name: SchemaName,
  { stdout }: { readonly stdout: { write(text: string): unknown } },
): Promise<0> {
  stdout.write(documentText(schemas[name](), 'json'));
  return 0;
}
