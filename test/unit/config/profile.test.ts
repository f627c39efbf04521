/** Profiles on a real disk. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteProfile, readProfiles, setProfile, useProfile } from '../../../src/config/profile.ts';

let parent: string;
let folder: string;
const work = { infrahub: 'https://work.example.com', apiKey: 'top-secret' };
const home = { infrahub: 'https://home.example.com', username: 'ann', password: 'pass' };

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'vidra-profile-'));
  folder = join(parent, 'deep', 'vidra');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

describe('profiles', () => {
  it('are none, and leave nothing behind, before the first is saved', async () => {
    expect(await readProfiles(folder)).toEqual({ byName: {} });
    expect(readdirSync(parent)).toEqual([]);
  });

  it('are read as they were saved, and the first is the current one', async () => {
    await setProfile(folder, 'work', work);
    await setProfile(folder, 'home.lab', home);
    expect(await readProfiles(folder)).toEqual({ current: 'work', byName: { work, 'home.lab': home } });
  });

  it('are replaced as a whole', async () => {
    await setProfile(folder, 'work', home);
    await setProfile(folder, 'work', work);
    expect((await readProfiles(folder)).byName['work']).toEqual(work);
  });

  it('are kept where only their owner may look', async () => {
    await setProfile(folder, 'work', work);
    await setProfile(folder, 'home', home);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const files = readdirSync(folder);
    expect(files).toEqual(['profiles.json']);
    expect(statSync(join(folder, 'profiles.json')).mode & 0o777).toBe(0o600);
  });

  it('can be chosen and forgotten', async () => {
    await setProfile(folder, 'work', work);
    await setProfile(folder, 'home', home);
    await useProfile(folder, 'home');
    expect((await readProfiles(folder)).current).toBe('home');
    await deleteProfile(folder, 'home');
    expect(await readProfiles(folder)).toEqual({ byName: { work } });
    expect(readFileSync(join(folder, 'profiles.json'), 'utf8')).not.toContain('ann');
  });

  it('that do not exist cannot be chosen or forgotten', async () => {
    await expect(useProfile(folder, 'x')).rejects.toMatchObject({ code: 'PROFILE_UNKNOWN' });
    await expect(deleteProfile(folder, 'x')).rejects.toMatchObject({ code: 'PROFILE_UNKNOWN' });
  });

  it.each(['', '__proto__', '../x', 'a b', '-x'])('cannot be called %j', async (name) => {
    await expect(setProfile(folder, name, work)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('are none where a file stands in the place of their folder, and cannot be saved there', async () => {
    const home = join(parent, 'home');
    writeFileSync(home, '');
    expect(await readProfiles(join(home, 'vidra'))).toEqual({ byName: {} });
    await expect(setProfile(join(home, 'vidra'), 'work', work)).rejects.toMatchObject({
      code: 'PROFILE_INVALID',
      message: expect.stringMatching(/profiles\.json: cannot be written \(ENOTDIR\)$/),
    });
  });

  it('are an error when there is something else in the place of their file', async () => {
    mkdirSync(join(folder, 'profiles.json'), { recursive: true });
    await expect(readProfiles(folder)).rejects.toMatchObject({ code: 'PROFILE_INVALID' });
  });

  it.each(['{ "byName": top-secret', '{ "byName": 1 }', '[]', '{ "byName": { "x": { "infrahub": 1 } } }'])(
    'in a damaged file are an error that does not quote it: %s',
    async (damage) => {
      await setProfile(folder, 'work', work);
      writeFileSync(join(folder, 'profiles.json'), damage);
      const error = await readProfiles(folder).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'PROFILE_INVALID', subject: join(folder, 'profiles.json') });
      expect(String((error as Error).stack)).not.toContain('top-secret');
    },
  );
});
