/** Definition files for tests that run the program. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes a file into a folder of its own and returns its path. */
export function write(name: string, text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'vidra-test-')), name);
  writeFileSync(path, text);
  return path;
}

/** A file with a VidraResource of these manifests. */
export function resourceFile(name: string, manifests: readonly object[]): string {
  const manifest = manifests.map((one) => JSON.stringify(one)).join('\n---\n');
  const metadata = { name };
  return write(
    'resource.yaml',
    JSON.stringify({
      apiVersion: 'infrahub.operators.com/v1alpha1',
      kind: 'VidraResource',
      metadata,
      spec: { manifest },
    }),
  );
}

/** A file with an InfrahubSync. */
export function syncFile(name: string, source: object, namespace?: string): string {
  const spec = { source, ...(namespace ? { destination: { namespace } } : {}) };
  return write(
    'sync.yaml',
    JSON.stringify({ apiVersion: 'infrahub.operators.com/v1alpha1', kind: 'InfrahubSync', metadata: { name }, spec }),
  );
}
