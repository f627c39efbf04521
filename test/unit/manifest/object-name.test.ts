import { describe, expect, test } from 'vitest';
import { isNamed, parseObjectName } from '../../../src/manifest/object-name.ts';

const web = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };

describe('the name of an object', () => {
  test.each([
    'Deployment shop/web',
    'deployment/web',
    'Deployment web',
    'deployment.apps shop/web',
    'DEPLOYMENT.apps/web',
  ])('may be %s', (text) => {
    const name = parseObjectName(text);
    expect(name && isNamed(name, web)).toBe(true);
  });

  test.each(['Deployment bank/web', 'Deployment shop/web2', 'Service shop/web', 'Deployment.extensions shop/web'])(
    'is another one in %s',
    (text) => {
      const name = parseObjectName(text);
      expect(name && isNamed(name, web)).toBe(false);
    },
  );

  test.each(['', 'web', 'Deployment', 'Deployment shop/', 'a b c', '/web', 'Deployment shop/web/x'])(
    'is none in %j',
    (text) => {
      expect(parseObjectName(text)).toBeUndefined();
    },
  );
});
