import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tailLedger } from '@sevenfold/ledger'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from 'playwright-core'
import { agentEntry, packageEntry } from '../src/bed/package-entry.ts'
import { browserJourneys } from '../src/benign/browser-journeys.ts'
import { findChromium } from '../src/browser/find-chromium.ts'
import { openBrowser } from '../src/browser/open-browser.ts'
import { journeys, loadCatalogue, markdownReport, runProof, startBed } from '../src/index.ts'
import type { Bed, Proof } from '../src/index.ts'
import { documentText, recordProof } from '../src/record/record-proof.ts'

const parts = ['shop', 'ledger', 'detection', 'edge'] as const
const missing = parts.filter((part) => packageEntry(part) === undefined)
const wanted = new Set(['sql-union-search', 'path-download-dots', 'xss-review-stored', 'brute-force-login'])

describe.skipIf(missing.length > 0)('a proof on a real bed (needs a build)', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'prove-bed-'))
  let bed: Bed | undefined
  let proof: Proof | undefined
  let browser: Browser | undefined

  beforeAll(async () => {
    bed = await startBed({ dataDir })
    const attacks = (await loadCatalogue()).filter((attack) => wanted.has(attack.id))
    browser = await openBrowser(process.env)
    const visits = browser === undefined ? {} : { browser: { program: browser, journeys: browserJourneys } }
    proof = await runProof(bed, { seed: 'bed', attacks, journeys, ...visits })
  }, 120_000)

  afterAll(() => Promise.all([bed?.close(), browser?.close()]))

  const outcome = (id: string): unknown => {
    const cells = proof?.document.attacks.find((attack) => attack.id === id)?.cells
    return {
      edge: cells?.alone?.edge?.outcome,
      detection: cells?.alone?.detection?.outcome,
      all: cells?.all.outcome,
    }
  }

  it('finds that every attack works with no layer', () => {
    expect(proof?.problems).toEqual([])
    expect(proof?.document.attacks.map((attack) => attack.valid)).toEqual([true, true, true, true])
  })

  it.each(['sql-union-search', 'path-download-dots', 'xss-review-stored'])(
    'sees the edge alone stop %s',
    (id) => {
      expect(outcome(id)).toMatchObject({ edge: 'stopped', all: 'stopped' })
    },
  )

  it.skipIf(findChromium(process.env) === undefined)(
    'lets a real browser look around, buy and contribute (needs Chromium)',
    () => {
      const visits = proof?.benign.filter(({ name }) => name.startsWith('browser-'))
      expect(visits).toEqual(browserJourneys.map(({ id }) => ({ name: id, blocked: false })))
    },
  )

  it.skipIf(agentEntry() === undefined).each(['sql-union-search', 'path-download-dots'])(
    'sees the runtime layer alone stop %s (needs the agent)',
    (id) => {
      const { depth, cells } = proof?.document.attacks.find((attack) => attack.id === id) ?? {}
      expect(cells?.alone?.runtime).toEqual({ outcome: 'stopped', layers: ['runtime'] })
      expect(cells?.without?.edge).toMatchObject({ outcome: 'stopped' })
      expect(depth).toBeGreaterThanOrEqual(2)
    },
  )

  it.skipIf(agentEntry() === undefined)('gives the agent no credit where it does not stand', () => {
    const cells = proof?.document.attacks.map((attack) => attack.cells) ?? []
    const names = cells.flatMap(({ alone, without }) => [
      ...(alone?.edge?.layers ?? []),
      ...(alone?.detection?.layers ?? []),
      ...(without?.runtime?.layers ?? []),
    ])
    expect(names).not.toContain('runtime')
  })

  it('sees detection alone meet a brute force from the log of the application', () => {
    expect(outcome('brute-force-login')).toMatchObject({
      edge: 'missed',
      detection: expect.stringMatching(/stopped|detected/),
    })
  })

  it('blocks no innocent visit', () => {
    expect(proof?.benign.filter((run) => run.blocked)).toEqual([])
  })

  it('can be shown as Markdown', () => {
    expect(markdownReport(proof as Proof)).toContain('| sql-injection | 1 | **1** stopped |')
  })

  it('is recorded in a ledger with totals and the digest of its document', async () => {
    if (proof === undefined) throw new Error('no proof')
    const { summary, isTaken } = await recordProof(join(dataDir, 'data'), proof.document)
    expect(isTaken).toBe(true)
    expect(summary.digest).toBe(createHash('sha256').update(documentText(proof.document)).digest('hex'))
    const lines: string[] = []
    for await (const { line } of tailLedger(join(dataDir, 'data', 'ledger'))) {
      if (line.includes('"layer":"prove"')) lines.push(line)
    }
    expect(lines.some((line) => line.includes(summary.digest) && line.includes('"valid":4'))).toBe(true)
  })

  it('leaves nothing behind', async () => {
    await bed?.close()
    bed = undefined
    expect(existsSync(dataDir)).toBe(false)
  })
})
