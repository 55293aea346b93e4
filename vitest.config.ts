import { existsSync, readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

// Sources are used directly, so tests of one module need no build; only tests that start processes use dist.
const conditions = ['@sevenfold/source', 'node']

const packages = ['core', 'engines', 'layers', 'backbone', 'apps'].flatMap((group) =>
  existsSync(group) ? readdirSync(group).map((name) => `${group}/${name}`) : [],
)
const roots = [...packages, 'testkit', 'scripts', 'test'].filter((root) => existsSync(root))

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    // On a busy machine a test with real processes may lose a race once; the totals reporter names each such test.
    retry: process.env['CI'] === undefined ? 0 : 1,
    projects: roots.map((root) => ({
      extends: true as const,
      test: {
        name: root.split('/').at(-1) ?? root,
        include: [
          `${root}/src/**/*.test.{ts,tsx}`,
          `${root}/test/**/*.test.ts`,
          // These two are no packages: their tests lie anywhere below them.
          ...(root === 'scripts' || root === 'test' ? [`${root}/**/*.test.ts`] : []),
        ],
      },
    })),
  },
})
