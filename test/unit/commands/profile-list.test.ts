/** What `vidra profile list` shows. */
import { expect, it } from 'vitest';
import { profileLines } from '../../../src/commands/profile.ts';

it('lists profiles by name, marks the current one, and shows no secret', () => {
  const byName = {
    work: { infrahub: 'https://work.example.com', apiKey: 'top-secret' },
    home: { infrahub: 'https://home.example.com', username: 'ann', password: 'top-secret' },
    public: { infrahub: 'https://public.example.com' },
  };
  expect(profileLines({ byName, current: 'work' })).toEqual([
    '  home    https://home.example.com  user ann',
    '  public  https://public.example.com  no credentials',
    '* work    https://work.example.com  API key',
  ]);
});
