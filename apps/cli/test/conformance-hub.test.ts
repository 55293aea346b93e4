import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GoTime, HubEngine } from '@sevenfold/behaviour'
import { openDataFolder, openHubFolder, readHub } from '@sevenfold/detection/hub'
import { describe, expect, it } from 'vitest'
import { runHubTest } from '../src/detect/hub-test/run-hub-test.ts'
import type { Backend } from '../src/detect/hub-test/run-parsers.ts'
import { isHubTest } from '../src/detect/hub-test/test-config.ts'

const shared =
  process.env['SEVENFOLD_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const hubFolder = join(shared, 'hub')
const hasHub = existsSync(join(hubFolder, 'tests'))
const isFull = process.env['SEVENFOLD_CONFORMANCE'] === 'full'

function testsOf(name: string): readonly string[] {
  const folder = join(hubFolder, name)
  return hasHub ? readdirSync(folder).filter((test) => isHubTest(join(folder, test))) : []
}

/** Every test; outside of the conformance run a part of them, since they take a minute. */
function chosen(tests: readonly string[], backend: Backend): readonly string[] {
  const every = backend === 'generate' ? 3 : 10
  return isFull ? tests : tests.filter((_, number) => number % every === 0)
}

describe.skipIf(!hasHub)("the hub's own data (needs ../shared/hub)", { timeout: 900_000 }, () => {
  const hub = hasHub ? openHubFolder(hubFolder) : undefined

  for (const backend of ['generate', 'closures'] as const) {
    it(`loads every parser, scenario, postoverflow and context with ${backend}`, () => {
      if (hub === undefined) return
      const { files, problems } = readHub(hub)
      const engine = new HubEngine(files, {
        clock: 'log',
        backend,
        facilities: { now: () => new GoTime(0), files: openDataFolder(join(hubFolder, 'data')) },
        onOverflow: () => {},
      })
      expect([...problems, ...engine.rules.problems]).toEqual([])
      expect(engine.scenarios.length).toBe(846)
      process.stdout.write(`hub rules, ${backend}: ${engine.scenarios.length} scenarios, 0 problems\n`)
    })

    it(`passes its log tests with ${backend}`, () => {
      if (hub === undefined) return
      const tests = chosen(testsOf('tests'), backend)
      const testsFolder = join(hubFolder, 'tests')
      const failed = tests
        .map((test) => runHubTest(test, { hub, testsFolder, backend }))
        .filter(({ pass }) => !pass)
      process.stdout.write(`hub log tests, ${backend}: ${tests.length - failed.length} of ${tests.length}\n`)
      expect(failed).toEqual([])
    })
  }

  it('passes its AppSec tests', () => {
    if (hub === undefined) return
    const tests = chosen(testsOf('appsec-tests'), 'generate')
    const testsFolder = join(hubFolder, 'appsec-tests')
    const failed = tests
      .map((test) => runHubTest(test, { hub, testsFolder, backend: 'generate' }))
      .filter(({ pass }) => !pass)
    process.stdout.write(`hub AppSec tests: ${tests.length - failed.length} of ${tests.length}\n`)
    expect(failed).toEqual([])
  })
})
