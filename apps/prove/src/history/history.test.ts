import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { madeProof } from '../../test/made-proof.ts'
import { htmlReport } from '../report/html/html-report.ts'
import { addToHistory, historyEntry, maxHistory, maxHistoryBytes, readHistory } from './history.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prove-history-'))
  path = join(folder, 'history.ndjson')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const entry = historyEntry(madeProof({ withInvalid: true }).document, new Date(0))

describe('historyEntry', () => {
  it('counts attacks that work by the depth of the defence', () => {
    expect(entry).toEqual({
      v: 1,
      at: '1970-01-01T00:00:00.000Z',
      seed: 'seed',
      deep: 1,
      single: 1,
      open: 2,
      benignBlocked: 0,
    })
  })
})

describe('a history', () => {
  it('begins empty and grows by a line for each proof', () => {
    expect(readHistory(path)).toEqual([])
    addToHistory(path, entry)
    expect(addToHistory(path, { ...entry, deep: 2 }).map(({ deep }) => deep)).toEqual([1, 2])
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3)
  })

  it(`gives the newest ${maxHistory} entries`, () => {
    const lines = Array.from({ length: maxHistory + 1 }, (_, deep) => JSON.stringify({ ...entry, deep }))
    writeFileSync(path, lines.slice(1).join('\n'))
    expect(readHistory(path)).toHaveLength(maxHistory)
    writeFileSync(path, lines.join('\n'))
    expect(readHistory(path)[0]?.deep).toBe(1)
  })

  it.each(['{', '{}', '[]', 'null', '{"v":2}', JSON.stringify({ ...entry, deep: -1 })])(
    'refuses a line %j and names it',
    (line) => {
      writeFileSync(path, `${JSON.stringify(entry)}\n${line}\n`)
      expect(() => readHistory(path)).toThrow(`${path}:2 is no entry`)
    },
  )

  it('refuses a file beyond its limit', () => {
    writeFileSync(path, '\n'.repeat(maxHistoryBytes))
    expect(readHistory(path)).toEqual([])
    writeFileSync(path, '\n'.repeat(maxHistoryBytes + 1))
    expect(() => readHistory(path)).toThrow('larger than')
  })

  it('is plotted in the page when there are two proofs or more', () => {
    const page = (history: (typeof entry)[]): string =>
      htmlReport(madeProof(), { minDepth: 0, date: new Date(0), history })
    expect(page([entry])).not.toContain('Depth over time')
    expect(page([entry, { ...entry, seed: '<b>' }])).toContain('Depth over time')
    expect(page([entry, { ...entry, seed: '<b>' }])).not.toContain('<b>"')
  })
})
