import { defineConfig } from 'vitest/config';

const shared = { root: new URL('..', import.meta.url).pathname, testTimeout: 240_000, hookTimeout: 240_000 };
const cluster = 'test/support/global-setup.ts';
const helm = 'test/support/helm-setup.ts';

/** Four projects: what needs no server, what needs a real API server, the program run as a process, and the chart, by a real helm. */
export default defineConfig({
  test: {
    root: shared.root,
    // Most of the time is spent waiting for processes and servers.
    maxWorkers: '100%',
    projects: [
      // What needs no server leaves nothing behind either, so many files share one process, which loads the sources once.
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/contract/**/*.test.ts'],
          isolate: false,
        },
      },
      { test: { ...shared, name: 'integration', include: ['test/integration/**/*.test.ts'], globalSetup: cluster } },
      { test: { ...shared, name: 'cli', include: ['test/cli/**/*.test.ts'], globalSetup: cluster } },
      { test: { ...shared, name: 'chart', include: ['test/chart/**/*.test.ts'], globalSetup: [cluster, helm] } },
    ],
  },
});
