import { expect, test } from 'vitest';
import { nearest } from '../../../src/manifest/nearest.ts';

const known = ['infrahubAPIURL', 'artefactName', 'targetBranch', 'targetDate', 'server'];

test.each([
  ['artifactName', 'artefactName'],
  ['ArtefactName', 'artefactName'],
  ['targetDat', 'targetDate'],
  ['targetBranche', 'targetBranch'],
  ['sever', 'server'],
  ['infrahubUrl', 'infrahubAPIURL'],
])('%s was probably meant as %s', (word, expected) => {
  expect(nearest(word, known)).toBe(expected);
});

test.each(['', 'x', 'interval', 'name', 'a'.repeat(100_000)])('%s is like none', (word) => {
  expect(nearest(word, known)).toBeUndefined();
});
