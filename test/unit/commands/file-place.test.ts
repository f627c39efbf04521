/** From origins to lines of files in the checkout. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPlaces, positionIn } from '../../../src/commands/file-place.ts';
import type { Terminal } from '../../../src/commands/terminal.ts';

const root = mkdtempSync(join(tmpdir(), 'vidra-checkout-'));
mkdirSync(join(root, 'deploy'));
writeFileSync(join(root, 'deploy', 'web.yaml'), 'kind: x\n');
const placesFrom = (cwd: string, workspace?: string) =>
  createPlaces({ cwd, environment: workspace === undefined ? {} : { GITHUB_WORKSPACE: workspace } } as Terminal);
const origin = (source: string) => ({ source, document: 1, line: 4, column: 2 });

describe('a place', () => {
  it('is a file as the checkout names it, wherever the program runs', () => {
    const place = { file: 'deploy/web.yaml', line: 4, column: 2 };
    expect(placesFrom(root, root)(origin('deploy/web.yaml'))).toEqual(place);
    expect(placesFrom(join(root, 'deploy'), root)(origin('./web.yaml'))).toEqual(place);
    expect(placesFrom('/', root)(origin(join(root, 'deploy/web.yaml')))).toEqual(place);
    expect(placesFrom(root)(origin('deploy/web.yaml'))).toEqual(place);
  });

  it.each(['https://infrahub.example.com', 'standard input', '/etc/hostname', 'deploy', 'gone.yaml'])(
    'is nothing for %s, which is no file of the checkout',
    (source) => expect(placesFrom(root, root)(origin(source))).toBeUndefined(),
  );
});

describe('the position of manifests whose lines the file does not have', () => {
  const file = [
    '# of the shop',
    'apiVersion: infrahub.operators.com/v1alpha1',
    'kind: VidraResource',
    'metadata: {name: web}',
    'spec: {manifest: "kind: ConfigMap"}',
  ].join('\n');
  const at = (name: string) => positionIn(file, { ...origin('web.yaml'), artifact: `VidraResource ${name}` });

  it('is that of the definition, and the start of the file where that is not known', () => {
    expect(at('web')).toEqual({ line: 2, column: 1 });
    expect(at('gone')).toEqual({ line: 1, column: 1 });
  });
});
