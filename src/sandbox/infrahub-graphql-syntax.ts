/** GraphQL as text: the part of the language that clients of Infrahub use (no fragments, no directives). */

export interface Location {
  readonly line: number;
  readonly column: number;
}

export type Value =
  | { readonly variable: string }
  | { readonly literal: string | number | boolean | null }
  | { readonly list: readonly Value[] }
  | { readonly object: ReadonlyMap<string, Value> };

export interface Field {
  readonly name: string;
  readonly alias: string;
  readonly location: Location;
  readonly arguments: ReadonlyMap<string, { readonly value: Value; readonly location: Location }>;
  /** Empty for a leaf. */
  readonly fields: readonly Field[];
}

export interface Variable {
  readonly name: string;
  /** As written, `[String!]!`. */
  readonly type: string;
  readonly location: Location;
}

export interface Operation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly variables: readonly Variable[];
  readonly fields: readonly Field[];
}

interface Token extends Location {
  readonly text: string;
}

const tokenPattern =
  /[\s,\uFEFF]+|#[^\n]*|(\.\.\.|[!$&()=:@[\]{|}]|[_A-Za-z]\w*|-?\d+(?:\.\d+)?|"(?:[^"\\\n]|\\.)*")|(.)/g;

/** The only operation of a document; nothing when the text is not GraphQL of the part that is read here. */
export function parseOperation(text: string): Operation | undefined {
  try {
    return new Reader(tokenize(text)).operation();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function tokenize(text: string): Token[] {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return [...text.matchAll(tokenPattern)].flatMap((match) => {
    if (match[2] !== undefined) throw new SyntaxError(`unexpected ${match[2]}`);
    if (match[1] === undefined) return [];
    const line = lineStarts.findLastIndex((start) => start <= match.index) + 1;
    return [{ text: match[1], line, column: match.index - (lineStarts[line - 1] ?? 0) + 1 }];
  });
}

/** Walks over the tokens of one document. */
class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  operation(): Operation {
    const kind = this.#peek() === '{' ? 'query' : this.#name().text;
    if (kind !== 'query' && kind !== 'mutation' && kind !== 'subscription') throw new SyntaxError(kind);
    if (this.#peek() !== '{' && this.#peek() !== '(') this.#name();
    const variables = this.#peek() === '(' ? this.#between('(', ')', () => this.#variable()) : [];
    const fields = this.#selection();
    if (this.#at !== this.#tokens.length) throw new SyntaxError('more than one operation');
    return { kind, variables, fields };
  }

  #selection(): Field[] {
    return this.#between('{', '}', () => this.#field());
  }

  #field(): Field {
    const first = this.#name();
    const second = this.#accept(':') ? this.#name() : first;
    const list = this.#peek() === '(' ? this.#between('(', ')', () => this.#argument()) : [];
    const fields = this.#peek() === '{' ? this.#selection() : [];
    const { line, column } = first;
    return { name: second.text, alias: first.text, location: { line, column }, arguments: new Map(list), fields };
  }

  #argument(): [string, { value: Value; location: Location }] {
    const { text, line, column } = this.#name();
    this.#expect(':');
    return [text, { value: this.#value(), location: { line, column } }];
  }

  #variable(): Variable {
    const { line, column } = this.#expect('$');
    const { text: name } = this.#name();
    this.#expect(':');
    return { name, type: this.#type(), location: { line, column } };
  }

  #type(): string {
    const inner = this.#accept('[') ? `[${this.#type()}` : this.#name().text;
    const closed = inner.startsWith('[') ? `${inner}${this.#expect(']').text}` : inner;
    return this.#accept('!') ? `${closed}!` : closed;
  }

  #value(): Value {
    if (this.#accept('$')) return { variable: this.#name().text };
    if (this.#peek() === '[') return { list: this.#between('[', ']', () => this.#value(), true) };
    if (this.#peek() === '{') {
      const fields = this.#between('{', '}', () => this.#argument(), true);
      return { object: new Map(fields.map(([name, { value }]) => [name, value])) };
    }
    const { text } = this.#next();
    if (text.startsWith('"')) return { literal: JSON.parse(text) as string };
    if (/^-?\d/.test(text)) return { literal: Number(text) };
    if (!/^\w+$/.test(text)) throw new SyntaxError(text);
    const words = new Map<string, boolean | null>([
      ['true', true],
      ['false', false],
      ['null', null],
    ]);
    return { literal: words.has(text) ? (words.get(text) ?? null) : text };
  }

  #between<Item>(open: string, close: string, item: () => Item, mayBeEmpty = false): Item[] {
    this.#expect(open);
    const items: Item[] = [];
    while (this.#peek() !== close) items.push(item());
    this.#expect(close);
    if (items.length === 0 && !mayBeEmpty) throw new SyntaxError(`empty ${open}${close}`);
    return items;
  }

  #name(): Token {
    const token = this.#next();
    if (!/^[_A-Za-z]/.test(token.text)) throw new SyntaxError(token.text);
    return token;
  }

  #expect(text: string): Token {
    const token = this.#next();
    if (token.text !== text) throw new SyntaxError(token.text);
    return token;
  }

  #accept(text: string): boolean {
    if (this.#peek() !== text) return false;
    this.#at++;
    return true;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at]?.text;
  }

  #next(): Token {
    const token = this.#tokens[this.#at++];
    if (!token) throw new SyntaxError('unexpected end');
    return token;
  }
}
