/** Reads YAML text as kubectl reads it, document by document: an invalid one does not take the others with it. */

import { Composer, type Document, Parser, Schema, type YAMLParseError } from 'yaml';
import { isPythonList } from './python-list.ts';
import { type Readable, type ReadDocument, type Remark, tooDeep } from './read-document.ts';
import { findControl } from './unreadable.ts';
import { locateInYaml, locateItemsInYaml } from './yaml-locate.ts';
import { itemStarts, readSimpleYaml, type SimpleDocument } from './yaml-simple.ts';
import { readValue } from './yaml-value.ts';

/** Scalars stay as they are written (yaml-scalar.ts says what they mean); one schema for all documents, because making it is slow. */
const schema = new Schema({ schema: 'failsafe', resolveKnownTags: false });
const options = { schema, uniqueKeys: false, prettyErrors: false };

/** No scalar may hold such a line, so that an open quote in one document ends there. */
const marker = /^---(?=\s|$)/gm;

/** Reads one document after the other. Lines end in LF or CRLF. Never throws. */
export function readYaml(text: string): Generator<ReadDocument> {
  return readParts(text, readSimpleYaml);
}

/** The same from the full parser alone, slowly: what `readYaml` must give for every text. */
export function readYamlExactly(text: string): Generator<ReadDocument> {
  return readParts(text, () => undefined);
}

function* readParts(text: string, readSimple: typeof readSimpleYaml): Generator<ReadDocument> {
  const suspicious = findControl(text) !== undefined;
  let number = 0;
  for (const [start, end] of partsOf(text)) {
    const part = text.slice(start, end);
    const simple = readSimple(part);
    if (simple) {
      number++;
      yield { number, value: simple.value, warnings: [], ...locators(simple, part, start) };
      continue;
    }
    for (const document of compose(part, start)) {
      number++;
      const control = suspicious ? findControl(text, document.range[0], document.range[2]) : undefined;
      yield control ? { number, problem: control } : readDocument(document, number, text);
    }
  }
}

/** Places of objects are known; all others, which only problems ask for, come from the full parser. */
function locators(simple: SimpleDocument, part: string, offset: number): Pick<Readable, 'locate' | 'locateItems'> {
  let document: Document.Parsed | undefined;
  const composed = (): Document.Parsed => {
    document ??= compose(part, offset).next().value as Document.Parsed;
    return document;
  };
  return {
    locate: (path) => (path.length === 0 ? offset + simple.start : locateInYaml(composed(), path)),
    locateItems: (path) =>
      itemStarts(simple, path)?.map((start) => offset + start) ?? locateItemsInYaml(composed(), path),
  };
}

/** From each `---` to the next. A part may still hold several documents that end with `...`. */
function* partsOf(text: string): Generator<[start: number, end: number]> {
  let start = 0;
  for (const { index } of text.matchAll(marker)) {
    if (index > start) yield [start, index];
    start = index;
  }
  yield [start, text.length];
}

/** Positions of the documents' nodes count from the start of the whole text, in which the part starts at `offset`. */
function compose(part: string, offset: number): Generator<Document.Parsed> {
  const parser = new Parser();
  parser.offset = offset;
  return new Composer(options).compose(parser.parse(part)) as Generator<Document.Parsed>;
}

function readDocument(document: Document.Parsed, number: number, text: string): ReadDocument {
  const error = document.errors[0];
  if (error) return { number, problem: problemOf(error, document) };
  const result = readValue(document, isPythonList(text, document.contents?.range[0] ?? 0));
  if ('refusal' in result) return { number, problem: result.refusal };
  return {
    number,
    ...result,
    locate: (path) => locateInYaml(document, path),
    locateItems: (path) => locateItemsInYaml(document, path),
  };
}

/** The parser's sentence without the piece of text that it may quote: that could be of a Secret. */
function problemOf(error: YAMLParseError, document: Document.Parsed): Remark {
  // How deep the parser comes depends on the stack, so that its place would be another one each time.
  if (error.code === 'RESOURCE_EXHAUSTION') return { offset: document.range[0], message: tooDeep };
  const sentence = error.message.replace(/: .*$/s, '').replace(/(escape sequence) .*$/s, '$1');
  return { offset: error.pos[0], message: `is not valid YAML: ${sentence}` };
}
