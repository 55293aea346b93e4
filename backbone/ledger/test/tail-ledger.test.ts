import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLedgerLog, tailLedger } from '@sevenfold/ledger'
import type { LedgerLog } from '@sevenfold/ledger'
import { batchOf, createSigner, eventLine, smallLog, temporaryFolder } from './fixtures.ts'

let folder: { path: string; remove: () => void }
let log: LedgerLog
beforeEach(async () => {
  folder = temporaryFolder()
  log = await openLedgerLog(smallLog(folder.path, createSigner()))
})
afterEach(async () => {
  await log.close()
  folder.remove()
})

async function indexes(options: Parameters<typeof tailLedger>[1]): Promise<number[]> {
  const found: number[] = []
  for await (const { index } of tailLedger(folder.path, options)) found.push(index)
  return found
}

describe('tailing a log', () => {
  it('gives everything, or the newest entries', async () => {
    for (let first = 1; first <= 40; first += 10) await log.append(batchOf('edge/w0', first, 10))
    expect(await indexes({})).toEqual(Array.from({ length: 40 }, (_, i) => i))
    expect(await indexes({ last: 3 })).toEqual([37, 38, 39])
    expect(await indexes({ last: 0 })).toEqual([])
    expect(await indexes({ last: 1000 })).toHaveLength(40)
  })

  it('gives nothing of a log that is not there', async () => {
    expect(await indexes({ last: 5 })).toEqual([])
  })

  it('follows until it is stopped', async () => {
    await log.append(batchOf('edge/w0', 1, 5))
    const abort = new AbortController()
    const found: string[] = []
    for await (const { line } of tailLedger(folder.path, { last: 1, follow: true, signal: abort.signal })) {
      found.push(line)
      if (found.length === 1) await log.append(batchOf('edge/w0', 6, 2))
      if (found.length === 3) abort.abort()
    }
    expect(found).toEqual([5, 6, 7].map((sequence) => eventLine('edge/w0', 'low', sequence)))
  })
})
