/** Flags before environment before profile before defaults. */
import { describe, expect, it } from 'vitest';
import { mergeSettings } from '../../../src/config/settings.ts';

const profiles = { byName: {} };

describe('settings', () => {
  it('have defaults', () => {
    expect(mergeSettings({}, {}, profiles)).toEqual({
      set: 'default',
      context: undefined,
      kubeconfig: undefined,
      namespace: 'default',
      recordNamespace: 'vidra-system',
      access: { environment: {}, profiles },
    });
  });

  it('take the profile from the flag before the environment', () => {
    const environment = { VIDRA_PROFILE: 'home' };
    expect(mergeSettings({ profile: 'work' }, environment, profiles).access.profile).toBe('work');
    expect(mergeSettings({}, environment, profiles).access.profile).toBe('home');
    expect(mergeSettings({ profile: '' }, { VIDRA_PROFILE: '' }, profiles).access.profile).toBeUndefined();
  });

  it('keep the namespace of the records apart from that of objects', () => {
    const settings = mergeSettings({ namespace: 'shop' }, { VIDRA_NAMESPACE: 'records' }, profiles);
    expect([settings.namespace, settings.recordNamespace]).toEqual(['shop', 'records']);
  });
});
