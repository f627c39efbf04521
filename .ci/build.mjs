// Builds dist from src: one bundle that loads its heavy parts late. `npm ci` and `npm run build` run it.
import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const outdir = 'dist';

/** Parts of packages that are never reached, and what stands in for them; each costs time at every start. */
const replacements = [
  // The reader of kubeconfigs also makes clients of them, for which it brings the models of every kind along.
  { what: /^\.\/gen\/index\.js$/, of: '@kubernetes/client-node', by: 'unused-models.mjs' },
  // Vidra asks for HTTP/1.1 alone.
  { what: /^\.\/client-h2\.js$/, of: 'undici', by: 'unused-http2.cjs' },
];
const withoutUnreached = {
  name: 'without-unreached',
  setup(bundler) {
    for (const { what, of, by } of replacements) {
      bundler.onResolve({ filter: what }, ({ importer }) =>
        importer.includes(join('node_modules', of)) ? { path: resolve('.ci', by) } : undefined,
      );
    }
  },
};

const { metafile } = await build({
  metafile: true,
  entryPoints: ['src/cli.ts', 'src/index.ts'],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  chunkNames: 'chunks/[name]-[hash]',
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
  plugins: [withoutUnreached],
  // CommonJS packages inside the bundle call require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  alias: {
    // The whole client is 13 MB; its reader of kubeconfigs is all that is used.
    '@kubernetes/client-node': '@kubernetes/client-node/dist/config.js',
    undici: './.ci/undici.cjs',
    'node-fetch': './.ci/unused-agents.mjs',
    'socks-proxy-agent': './.ci/unused-agents.mjs',
    hpagent: './.ci/unused-agents.mjs',
  },
});

// What earlier builds left goes last, so that there is a program at any time.
for (const entry of readdirSync(outdir, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !(path.replaceAll('\\', '/') in metafile.outputs)) rmSync(path);
}
