#!/usr/bin/env node
// The command: answers --version by itself, because that must cost no more than node, and loads the program for the rest.
import { readFileSync } from 'node:fs';

const [first, ...others] = process.argv.slice(2);

// A secret that is given as a flag must not stay in the list of processes.
if (others.some((word) => /^(-p|--password|--api-key)/.test(word))) process.title = 'vidra';

if (others.length === 0 && (first === '--version' || first === '-V' || first === 'version')) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${version}\n`);
} else {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache?.();
  await import('../dist/cli.js');
}
