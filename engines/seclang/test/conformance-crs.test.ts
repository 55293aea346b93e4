import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

import { compileRuleSet, createSeclangInspector } from '../src/index.ts'
import { crsSetup, engineSetup, readFtwDocument, runFtwTest } from '../src/tools/index.ts'
import { diskFiles, filesBelow, hasSharedCrs, sharedCrs } from './shared-data.ts'

/** Tests that do not pass, each with the reason. */
const knownFailures: Readonly<Record<string, string>> = {}

function inspector(prefilter: boolean): ReturnType<typeof createSeclangInspector> {
  const text = `${engineSetup({ mode: 'test' })}
Include ${join(sharedCrs, 'crs-setup.conf.example')}
${crsSetup({ mode: 'test' })}
Include ${join(sharedCrs, 'rules')}/*.conf`
  return createSeclangInspector(
    compileRuleSet([{ file: 'setup.conf', text }], { files: diskFiles, prefilter }),
  )
}

describe('CRS regression tests', () => {
  it.skipIf(!hasSharedCrs)(
    'pass as shipped, without overrides (needs the shared conformance data)',
    () => {
      const engine = inspector(true)
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
      expect(failures).toEqual([])
      expect(count).toBeGreaterThanOrEqual(4000)
    },
    240_000,
  )
})
