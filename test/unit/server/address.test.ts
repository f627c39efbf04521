import { expect, test } from 'vitest';
import { parseAddress } from '../../../src/server/address.ts';

test.each([
  [':8081', { port: 8081 }],
  ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
  ['localhost:80', { host: 'localhost', port: 80 }],
  ['[::1]:80', { host: '::1', port: 80 }],
  ['[::]:80', { host: '::', port: 80 }],
  ['0', undefined],
])('%s', (text, expected) => {
  expect(parseAddress(text)).toEqual(expected);
});

test.each(['', '8081', ':', ':x', ':65536', '::1:80', '[::1]', '[]:80', 'a:b:1', 'http://a:1', ':-1'])(
  '%j is refused',
  (text) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  },
);
