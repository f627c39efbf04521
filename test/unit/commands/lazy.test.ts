/** What few runs need is loaded by them alone, so that the start of all others does not get slower. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** The sources that are loaded as soon as an entry is, without what it imports later. */
async function loadedWith(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join(root, entry)],
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outdir: 'unused',
    write: false,
    metafile: true,
  });
  const outputs = Object.entries(metafile.outputs);
  const first = outputs.find(([, output]) => output.entryPoint === entry)?.[0];
  const reached = new Set<string>();
  const reach = (path: string) => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { path: next, kind, external } of metafile.outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && !external) reach(next);
    }
  };
  if (first) reach(first);
  return [...reached].flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}));
}

it.each(['src/commands/plan.ts', 'src/commands/apply.ts', 'src/commands/prune.ts'])(
  '%s loads Markdown, annotations and schemas only when they are asked for',
  async (entry) => {
    const loaded = await loadedWith(entry);
    expect(loaded).toContain('src/view/plan-text.ts');
    expect(
      loaded.filter((path) => /view\/(markdown|annotation|.*schema)|commands\/(github|file-place)/.test(path)),
    ).toEqual([]);
    expect(loaded).toContain('src/definition/rules.ts');
    expect(
      loaded.filter((path) => /definition\/(crd|schema|columns|status-rules|examples)|manifest\/expression/.test(path)),
    ).toEqual([]);
  },
);

it('the program itself loads no view at all before it knows the verb', async () => {
  const loaded = await loadedWith('src/cli.ts');
  expect(loaded).toContain('src/commands/view-flags.ts');
  expect(loaded.filter((path) => path.startsWith('src/view/'))).toEqual([]);
});
