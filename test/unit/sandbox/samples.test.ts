import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { sampleArtifacts } from '../../../src/sandbox/samples.ts';

const objects = (content: string) =>
  parseAllDocuments(content).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as { kind: string; metadata: { name: string; namespace?: string } };
  });

it('holds a shared namespace, a web server and a virtual machine with its own kind', () => {
  const kinds = sampleArtifacts().map(({ name, content }) => [name, objects(content).map(({ kind }) => kind)]);
  expect(kinds).toEqual([
    ['Shared_Manifest', ['Namespace', 'ConfigMap']],
    ['Webserver_Manifest', ['Namespace', 'Deployment', 'Service', 'Ingress']],
    ['VirtualMachine_Manifest', ['Namespace', 'CustomResourceDefinition', 'VirtualMachine', 'Service']],
  ]);
});

it('puts everything into one namespace that carries the prefix', () => {
  const all = sampleArtifacts({ prefix: 'try-1' }).flatMap(({ content }) => objects(content));
  const namespaces = all.map(({ kind, metadata }) => (kind === 'Namespace' ? metadata.name : metadata.namespace));
  expect(new Set(namespaces)).toEqual(new Set(['try-1-store', undefined]));
});

it('keeps the ids when contents change', () => {
  const [first, second] = [sampleArtifacts(), sampleArtifacts({ replicas: 5, webserver: 'market' })];
  expect(second.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  expect(second[1].content).not.toBe(first[1].content);
});
