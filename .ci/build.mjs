// Builds dist from src: one bundle that loads its heavy parts late. `npm ci` and `npm run build` run it.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

const outdir = 'dist';
rmSync(outdir, { recursive: true, force: true });

await build({
  entryPoints: ['src/cli.ts', 'src/index.ts'],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  chunkNames: 'chunks/[name]-[hash]',
  minifySyntax: true,
  logLevel: 'warning',
  // CommonJS packages inside the bundle call require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  alias: {
    // The whole client is 13 MB; its reader of kubeconfigs is all that is used.
    '@kubernetes/client-node': '@kubernetes/client-node/dist/config.js',
    // Node's own module of this name prints a deprecation warning.
    punycode: 'punycode/',
  },
});
