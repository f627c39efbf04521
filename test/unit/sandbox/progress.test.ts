import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownFile } from '../../../src/sandbox/own-files.ts';
import { countModules, countStale, isDownload, isPackage, progressOf } from '../../../src/sandbox/progress.ts';

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

test('Modules are counted once, whether or not their go.mod is listed', () => {
  const goSum = [
    'cel.dev/expr v0.25.1 h1:AAAA=',
    'cel.dev/expr v0.25.1/go.mod h1:BBBB=',
    'github.com/only/listed v1.0.0/go.mod h1:CCCC=',
    'k8s.io/kubernetes v1.36.3 h1:DDDD=',
    'k8s.io/kubernetes v1.36.3/go.mod h1:EEEE=',
    '',
  ].join('\n');
  expect(countModules(goSum)).toBe(2);
});

test('The pinned modules are a plausible number and hold the pinned Kubernetes', () => {
  const goSum = readFileSync(join(ownFile('go'), 'go.sum'), 'utf8');
  expect(countModules(goSum)).toBeGreaterThan(100);
  expect(goSum).toMatch(/^k8s\.io\/kubernetes v1\.36\.3 h1:/m);
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
