import { beforeAll, describe, expect, it } from 'vitest'
import type { OperatorContext } from '../src/operators/operator.ts'
import { scoreUnits, type UnitReport } from './score-units.ts'
import { hasSharedCrs, sharedCrs } from './shared-data.ts'

const context: OperatorContext = {
  regex: { multiline: true },
  from: '',
  readDataFile(path) {
    throw new Error(`no data file ${path}`)
  },
}

// Smallest share of right answers, in percent.
const bars: Readonly<Record<string, number>> = {
  operators: 99.9,
  transformations: 100,
  'sqli corpus': 99.8,
  'xss corpus': 99.6,
  'sqli lookalikes': 94,
}

describe('published unit cases and corpora', () => {
  let report: UnitReport | undefined

  beforeAll(() => {
    if (hasSharedCrs) report = scoreUnits(sharedCrs, context)
  })

  it.skipIf(!hasSharedCrs).each(Object.entries(bars))(
    '%s: at least %d %% right (needs the shared CRS data)',
    (group, bar) => {
      const score = report?.groups.get(group) ?? { pass: 0, fail: 0, skip: 0 }
      const share = (100 * score.pass) / (score.pass + score.fail)
      const line = `${group}: ${score.pass} right, ${score.fail} wrong, ${score.skip} skipped (${share.toFixed(2)} %)\n`
      process.stdout.write(line)
      const wrong = (report?.wrong ?? []).filter((what) => what.startsWith(group))
      expect(share, wrong.join('\n')).toBeGreaterThanOrEqual(bar)
    },
  )
})
