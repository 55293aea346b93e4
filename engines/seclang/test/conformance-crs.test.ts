import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import type { Inspector } from '@sevenfold/event'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

import { compileRuleSet, createSeclangInspector } from '../src/index.ts'
import { crsSetup, engineSetup, readFtwDocument, runFtwTest } from '../src/tools/index.ts'
import { diskFiles, filesBelow, hasSharedCrs, sharedCrs } from './shared-data.ts'

/** Tests that do not pass, each with the reason. */
const knownFailures: Readonly<Record<string, string>> = {}

/** What the edge grants one request (docs/configuration.md); slices are short, so that every kind of pause is tried. */
const grant = { totalSteps: 5_000_000, sliceSteps: 200 }

interface Spent {
  requests: number
  exhausted: number
  mostSteps: number
}

/** The same inspector; notes what each request cost. */
function counted(inner: Inspector, spent: Spent): Inspector {
  return {
    open(connection) {
      const inspection = inner.open(connection)
      return {
        requestHead: (head) => inspection.requestHead(head),
        requestBody: (bytes) => inspection.requestBody(bytes),
        requestEnd: () => inspection.requestEnd(),
        responseHead: (head) => inspection.responseHead(head),
        responseBody: (bytes) => inspection.responseBody(bytes),
        responseEnd: () => inspection.responseEnd(),
        resume: () => inspection.resume(grant.sliceSteps),
        report: () => inspection.report(),
        close() {
          const { steps, interruption } = inspection.report()
          spent.requests += 1
          spent.mostSteps = Math.max(spent.mostSteps, steps)
          if (interruption?.kind === 'exhausted') spent.exhausted += 1
          inspection.close()
        },
      }
    },
  }
}

function inspector(prefilter: boolean): ReturnType<typeof createSeclangInspector> {
  const text = `${engineSetup({ mode: 'test' })}
Include ${join(sharedCrs, 'crs-setup.conf.example')}
${crsSetup({ mode: 'test' })}
Include ${join(sharedCrs, 'rules')}/*.conf`
  return createSeclangInspector(
    compileRuleSet([{ file: 'setup.conf', text }], { files: diskFiles, prefilter }),
    grant,
  )
}

describe('CRS regression tests', () => {
  it.skipIf(!hasSharedCrs)(
    'pass as shipped, without overrides (needs the shared conformance data)',
    () => {
      const spent: Spent = { requests: 0, exhausted: 0, mostSteps: 0 }
      const engine = counted(inspector(true), spent)
      const failures: string[] = []
      let count = 0
      for (const file of filesBelow(join(sharedCrs, 'tests'))) {
        // Scalars stay as written: "0010" and "no" are texts.
        const document: unknown = parse(readFileSync(file, 'utf8'), {
          schema: 'failsafe',
          strict: false,
          uniqueKeys: false,
        })
        for (const test of readFtwDocument(document, basename(file).replace(/\D/g, ''))) {
          count++
          const { pass, why } = runFtwTest(test, engine)
          if (!pass && knownFailures[test.id] === undefined) failures.push(`${test.id}: ${why}`)
          if (pass && knownFailures[test.id] !== undefined)
            failures.push(`${test.id}: passes now; take it off the list`)
        }
      }
      process.stdout.write(
        `CRS tests: ${count - failures.length} of ${count} passed; ${spent.requests} requests, budget exhausted ${spent.exhausted}, most steps of a request ${spent.mostSteps} of ${grant.totalSteps}\n`,
      )
      expect(failures).toEqual([])
      expect(spent.exhausted).toBe(0)
      expect(count).toBeGreaterThanOrEqual(4000)
    },
    240_000,
  )
})
