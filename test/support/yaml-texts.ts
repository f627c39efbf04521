/** YAML texts made by chance: valid, nearly valid and broken, of what people and generators write and of what they should not. */

import fc from 'fast-check';

const everydayScalars = [
  ...['a', 'foo bar', 'key:value', '-1', '--flag=a:b', ':8080', 'http://x:80/y#z', '/etc/x', '$(X)', '\\x', '(x)'],
  ...['<html>'],
  ...['yes', 'n', '~', 'null', '0644', '0o7', '0x1F', '1_000', '12345678901234567890', '1.5e3', '.5', '2020-01-01'],
  ...['12:30'],
  ...['<<', '=', '---', 'é ü', '😀', '“q”', 'x\u00a0', 'a #c', '# c', '"q" # c', "'it''s'", '"a\\nb"', '"\\u00e9\\/"'],
  ...['""', "''"],
  ...['[]', '{ }', '[a, b]', '[ a , "b",\'c\' ]', '{a: 1, "b c": [x, {}]}', '[yes, 0x10, null]', '"\\ud83d"', '"\\\\"'],
];
const unusualScalars = [
  ...['.inf', '1e999', '...', 'a\u2028b', '\u0085', '\u0007', '\ufeffx', '"\\x41"', '"\\e"', '"a\tb"', '"a', "'b"],
  ...['"a\\"'],
  ...['"q"#c', '"a" b', "'a'b'", "'''", '""""', '#', 'a\t', '\ta', 'a: b', 'a:', '- x', '- a: b', '{1: 2}'],
  ...['{a: b, a: c}'],
  ...['[a, ]', '[a', '{a', '{a:b}', '{"a":1}', '{a : b}', '[a: b]', '[a #b]', '[a]#b', '[a]: b', '{a}', '[-, a]'],
  ...['[. ,..]'],
  ...['{{ x }}', '@x', '`x`', '%d', '*a', '&a', '&a b', '!t x', '? x', '?x', ': x', 'a]b', 'a,b', 'a"b', '|x', '|2'],
  ...['>1-'],
  ...['{yes: 1}', '{__proto__: 1}', '[.inf]'],
];
const keys = [
  ...['a', 'b.c/d', 'app.kubernetes.io/name', '"q k"', "'s'", '.x', '$s', '_u', '"1"', "'yes'", 'constructor', '"<<"'],
  ...['yes', 'null', '1', '0x1', '.5', '__proto__', '<<', 'a b', 'é', '-a', '- a', '? a', '&a b', '!t k', 'a:b', '# k'],
  ...['x'.repeat(500), `"${'y'.repeat(500)}"`, 'z'.repeat(1100)],
];
const everydayWords = ['foo', 'bar', 'é', "it''s", '\\n', '\\\\', '\\u00e9', '- x', 'x#', '---', '(a)', 'a:b', '0', ''];
const unusualWords = [
  ...['bar:', 'it"s', "it's", '\\', '\\"', '\\ ', '# c', ' #', 'a: b', '\t', '{', '"', '| ', '! ', '& ', '* ', '%'],
  ...['@', '`'],
];
const lines = [
  ...['line', '# no comment', 'a: b', '- x', '  more', '---', '\ttab', '"q', 'trail  ', '😀', '{{', '', ' ', '   '],
];
const headers = ['|', '|', '|-', '|+', '>', '>-', '>+', '| # c', '|  ', '|2'];
const between = [...Array<string>(30).fill(''), '\n', '  \n', '# c\n', '    # c\n', '\t\n', '\n\n'];
const snippets = [
  ...[' ', '  ', '\n', '\n  ', '\t', '-', ':', '#', '"', "'", '|', '>', '[', ']', '{', '}', ',', '&', '*', '!', '%'],
  ...['?'],
  ...['- ', ': ', ' #', '---\n', '...\n', '\r', '\r\n', '\\', '0', '\u2029', '\ufeff'],
];

/** Mostly what is written every day. */
const mostly = (everyday: readonly string[], unusual: readonly string[]) =>
  fc.oneof({ arbitrary: fc.constantFrom(...everyday), weight: 9 }, fc.constantFrom(...unusual));
const scalar = mostly(everydayScalars, unusualScalars);
const word = mostly(everydayWords, unusualWords);
const pick = (choices: readonly string[]) => fc.constantFrom(...choices);
const spaces = (count: number) => ' '.repeat(Math.max(0, count));
/** Mostly the indentation that was meant. */
const near = (indent: number) =>
  fc.oneof({ arbitrary: fc.constant(0), weight: 40 }, fc.constantFrom(-1, 1, 2)).map((off) => spaces(indent + off));
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(''));
const rows = (one: fc.Arbitrary<string>, maxLength: number) => fc.array(one, { maxLength }).map((all) => all.join(''));

/** `text` on more lines below it. */
const folded = (indent: number) =>
  rows(joined(fc.constant('\n'), pick(between), near(indent + 2), fc.oneof(word, scalar)), 3);

const quoted = (indent: number) =>
  fc
    .tuple(
      pick(['"', "'"]),
      rows(joined(word, pick(['', ' ', '  ']), folded(indent)), 3),
      pick(['', '', ' # c', '#c', ' x', ':']),
    )
    .map(([quote, text, end]) => `${quote}${text}${quote}${end}`);

const blockScalar = (indent: number) =>
  joined(pick(headers), fc.constant('\n'), rows(joined(near(indent + 2), pick(lines), fc.constant('\n')), 5)).map(
    (text) => text.replace(/\n$/, ''),
  );

const inline = (indent: number): fc.Arbitrary<string> =>
  joined(
    pick([' ', ' ', ' ', '  ', '', `\n${spaces(indent + 2)}`]),
    fc.oneof(
      { arbitrary: scalar, weight: 4 },
      { arbitrary: joined(scalar, folded(indent)), weight: 1 },
      { arbitrary: quoted(indent), weight: 1 },
      { arbitrary: blockScalar(indent), weight: 2 },
      { arbitrary: fc.constant(''), weight: 1 },
    ),
  );

const below = (indent: number, depth: number): fc.Arbitrary<string> =>
  fc
    .constantFrom(0, 1, 2, 2, 2, 4)
    .chain((more) => joined(pick(['', '', '', ' ', ' # c', '#c']), fc.constant('\n'), node(indent + more, depth - 1)))
    .map((text) => text.replace(/\n$/, ''));

/** One entry of a mapping; the names of neighbours differ mostly. */
const entry = (indent: number, depth: number, name: string) =>
  joined(
    fc.oneof({ arbitrary: fc.constant(name), weight: 20 }, { arbitrary: pick(keys), weight: 1 }),
    mostly([':'], [' :', ': ']),
    depth > 0 ? fc.oneof(inline(indent), below(indent, depth)) : inline(indent),
  );

function node(indent: number, depth: number): fc.Arbitrary<string> {
  const dash = mostly(['- ', '- ', '-  '], ['-', '-\t']);
  const element = fc.oneof(
    inline(indent),
    entry(indent + 2, depth, 'a'),
    depth > 0 ? below(indent, depth) : inline(indent),
  );
  const inList = joined(pick(between), near(indent), dash, element, fc.constant('\n'));
  const inMapping = (name: string) =>
    joined(pick(between), near(indent), entry(indent, depth, name), fc.constant('\n'));
  return fc.oneof(
    rows(inList, 3),
    joined(inMapping('a'), inMapping('b')),
    joined(...['a', 'b', 'c'].map(inMapping)),
    inMapping('a'),
  );
}

/** One or two documents with what may stand around them. */
export const yamlText: fc.Arbitrary<string> = fc
  .tuple(node(0, 2), node(0, 1), fc.nat(30))
  .map(([first, second, form]) => {
    const around: Record<number, string> = {
      1: `---\n${first}`,
      2: `# c\n--- # c\n${first}`,
      3: `${first}---\n${second}`,
      4: `${first}...\n${second}`,
      5: `%YAML 1.1\n---\n${first}`,
      6: `\ufeff${first}`,
      7: first.replaceAll('\n', '\r\n'),
      8: first.trimEnd(),
      9: `${first}\n\n`,
      10: `${first} `,
    };
    return around[form] ?? first;
  });

/** A text with one to four pieces put in or taken out. */
export function withFaults(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const fault = fc.record({
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    taken: fc.nat(3),
    put: pick(['', ...snippets]),
  });
  return fc.tuple(text, fc.array(fault, { minLength: 1, maxLength: 4 })).map(([whole, faults]) =>
    faults.reduce((changed, { place, taken, put }) => {
      const at = Math.floor(place * changed.length);
      return changed.slice(0, at) + put + changed.slice(at + taken);
    }, whole),
  );
}
