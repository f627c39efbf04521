import { expect, test } from 'vitest';
import { linesOf } from '../../../src/cluster/lines.ts';

async function* pieces(...texts: readonly (string | Uint8Array)[]) {
  for (const text of texts) yield Buffer.from(text);
}

async function collect(chunks: AsyncIterable<Uint8Array>, longest = 1000): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(chunks, longest)) lines.push(line);
  return lines;
}

test('Lines come whole, however they were cut', async () => {
  expect(await collect(pieces('one\ntw', 'o\n', '\nth', 'r', 'ee\n'))).toEqual(['one', 'two', '', 'three']);
});

test('Characters survive a cut between their bytes', async () => {
  const text = 'größe 漢字 😀\n';
  const bytes = [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
  expect(await collect(pieces(...bytes))).toEqual([text.trimEnd()]);
});

test('What is no whole line is dropped', async () => {
  expect(await collect(pieces('one\n{"type":'))).toEqual(['one']);
});

test('A line that never ends is refused before it fills the memory', async () => {
  let sent = 0;
  async function* endless() {
    for (; sent < 1000; sent++) yield Buffer.alloc(100);
  }
  await expect(collect(endless())).rejects.toMatchObject({ code: 'CLUSTER_FAILED' });
  expect(sent).toBeLessThan(12);
});
