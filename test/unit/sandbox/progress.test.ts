import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownFile } from '../../../src/sandbox/own-files.ts';
import { countModules, countStale, isDownload, isPackage, progressOf } from '../../../src/sandbox/progress.ts';
import { kubernetesVersion } from '../../../src/sandbox/recipe.ts';

test('The time left follows from the pace so far', () => {
  expect(progressOf('build', 500, 2500, 60)).toEqual({ phase: 'build', done: 500, total: 2500, etaSeconds: 240 });
  expect(progressOf('build', 2500, 2500, 300)).toEqual({ phase: 'build', done: 2500, total: 2500, etaSeconds: 0 });
});

test('No time left is told before there is enough to tell it from', () => {
  expect(progressOf('download', 0, 180, 0)).toEqual({ phase: 'download', done: 0, total: 180 });
  expect(progressOf('build', 19, 2500, 60)).not.toHaveProperty('etaSeconds');
  expect(progressOf('build', 400, 2500, 2)).not.toHaveProperty('etaSeconds');
});

test('More lines than expected never pass the total', () => {
  expect(progressOf('download', 190, 182, 20)).toEqual({ phase: 'download', done: 182, total: 182, etaSeconds: 0 });
});

test('The modules that are required and pinned with their content are counted once', () => {
  const goMod =
    'module x\n\ngo 1.26.0\n\nrequire (\n\tcel.dev/expr v0.25.1 // indirect\n\tk8s.io/api v1.36.3\n)\nrequire one.line/x v1.0.0\n';
  const goSum = [
    'cel.dev/expr v0.25.1 h1:AAAA=',
    'cel.dev/expr v0.25.1/go.mod h1:BBBB=',
    'github.com/for/tests-only v1.0.0 h1:CCCC=',
    'k8s.io/api v0.36.3 h1:DDDD=',
    'k8s.io/api v0.36.3/go.mod h1:EEEE=',
    'one.line/x v1.0.0/go.mod h1:FFFF=',
    '',
  ].join('\n');
  expect(countModules(goMod, goSum)).toBe(2);
});

test('The pinned modules are a plausible number and hold the pinned Kubernetes', () => {
  const [goMod = '', goSum = ''] = ['go.mod', 'go.sum'].map((name) => readFileSync(join(ownFile('go'), name), 'utf8'));
  expect(countModules(goMod, goSum)).toBeGreaterThan(100);
  expect(goSum).toContain(`\nk8s.io/kubernetes ${kubernetesVersion} h1:`);
});

test('Packages that lie in the build cache are not counted', () => {
  const list = ['', 'build ID mismatch', '', 'stale dependency: net', 'not installed but available in build cache', ''];
  expect(countStale(list.join('\n'))).toBe(2);
  expect(countStale('\n\n')).toBe(0);
});

test.each([
  ['runtime', true],
  ['internal/goarch', true],
  ['k8s.io/api/core/v1', true],
  ['github.com/grpc-ecosystem/go-grpc-middleware/v2', true],
  ['go.etcd.io/etcd/server/v3', true],
  ['gopkg.in/yaml.v3', true],
  ['go: downloading k8s.io/api v0.36.3', false],
  ['# k8s.io/api/core/v1', false],
  ['../pkg/mod/x/file.go:3:1: syntax error', false],
  ['error obtaining VCS status', false],
  ['', false],
])('Of the line "%s" it is %s that it names a package', (line, expected) => {
  expect(isPackage(line)).toBe(expected);
});

test('A download is told from other lines of Go', () => {
  expect(isDownload('go: downloading k8s.io/api v0.36.3')).toBe(true);
  expect(isDownload('go: finding module for package x')).toBe(false);
});
