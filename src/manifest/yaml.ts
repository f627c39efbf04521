/** Reads YAML text as kubectl reads it, document by document: an invalid one does not take the others with it. */

import { Composer, type Document, Parser, Schema } from 'yaml';
import type { ReadDocument } from './read-document.ts';
import { locateInYaml, locateItemsInYaml } from './yaml-locate.ts';
import { readValue } from './yaml-value.ts';

/** Scalars stay as they are written (yaml-scalar.ts says what they mean); one schema for all documents, because making it is slow. */
const schema = new Schema({ schema: 'failsafe', resolveKnownTags: false });
const options = { schema, uniqueKeys: false, prettyErrors: false };

/** Reads one document after the other. Never throws. */
export function* readYaml(text: string): Generator<ReadDocument> {
  let number = 0;
  for (const document of new Composer(options).compose(new Parser().parse(text))) {
    number++;
    yield readDocument(document as Document.Parsed, number);
  }
}

function readDocument(document: Document.Parsed, number: number): ReadDocument {
  const error = document.errors[0];
  if (error) return { number, problem: { offset: error.pos[0], message: `is not valid YAML: ${error.message}` } };
  const result = readValue(document);
  if ('refusal' in result) return { number, problem: result.refusal };
  return {
    number,
    ...result,
    locate: (path) => locateInYaml(document, path),
    locateItems: (path) => locateItemsInYaml(document, path),
  };
}
