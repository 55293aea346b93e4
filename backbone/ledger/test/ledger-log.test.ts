import {
  appendFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeCheckpoint, leafHash, parseNote, TileTree } from '@sevenfold/merkle'
import { openLedgerLog, tailLedger, verifyLedger } from '@sevenfold/ledger'
import type { LedgerLog } from '@sevenfold/ledger'
import { batchOf, createSigner, eventLine, killLog, smallLog, temporaryFolder } from './fixtures.ts'

let folder: { path: string; remove: () => void }
const signer = createSigner()
const open = (): Promise<LedgerLog> => openLedgerLog(smallLog(folder.path, signer))

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

async function lines(): Promise<string[]> {
  const all: string[] = []
  for await (const { line } of tailLedger(folder.path)) all.push(line)
  return all
}

const expected = (agent: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => eventLine(agent, 'low', i + 1))

const segments = (): string[] => readdirSync(join(folder.path, 'segments')).toSorted()

describe('appending', () => {
  it('keeps every line byte for byte and in order over several segments', async () => {
    const log = await open()
    for (let first = 1; first <= 100; first += 10) await log.append(batchOf('edge/w0', first, 10))
    await log.close()
    expect(await lines()).toEqual(expected('edge/w0', 100))
    expect(segments().length).toBeGreaterThan(5)
    expect(segments()[1]).toMatch(/^0{17}\d{3}\.ndjson$/u)
  })

  it('writes batches that arrive together with few syncs and answers each', async () => {
    const log = await open()
    await Promise.all(Array.from({ length: 50 }, (_, i) => log.append(batchOf('edge/w0', i * 4 + 1, 4))))
    expect(log.size).toBe(200)
    await log.close()
    expect(await lines()).toEqual(expected('edge/w0', 200))
  })

  it('does not write again what it has, also while the first copy is still on its way', async () => {
    const log = await open()
    await Promise.all([log.append(batchOf('edge/w0', 1, 5)), log.append(batchOf('edge/w0', 1, 5))])
    await log.append(batchOf('edge/w0', 3, 5))
    await log.append(batchOf('edge/w0', 2, 2))
    expect(log.size).toBe(7)
    await log.close()
    expect(await lines()).toEqual(expected('edge/w0', 7))
  })

  it('tells writers, epochs and lanes apart', async () => {
    const log = await open()
    await log.append(batchOf('edge/w0', 1, 2))
    await log.append(batchOf('edge/w1', 1, 2))
    await log.append(batchOf('edge/w0', 1, 2, 'high'))
    await log.append({ ...batchOf('edge/w0', 1, 2), epoch: 'e2' })
    expect(log.size).toBe(8)
    expect(log.positions()).toHaveLength(4)
    await log.close()
  })

  it.each([
    ['no newline at the end', { body: Buffer.from('{}') }],
    ['more lines than it says', { lines: 1 }],
    ['fewer lines than it says', { lines: 3 }],
    ['no lines', { lines: 0, body: Buffer.alloc(0) }],
    ['a sequence of 0', { first: 0 }],
  ])('refuses a batch with %s', async (_name, change) => {
    const log = await open()
    await expect(log.append({ ...batchOf('edge/w0', 1, 2), ...change })).rejects.toThrow('whole lines')
    expect(log.size).toBe(0)
    await log.close()
  })

  it('refuses batches after close', async () => {
    const log = await open()
    await log.close()
    await expect(log.append(batchOf('edge/w0', 1, 1))).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
  })

  it('says that it is busy instead of queueing without end', async () => {
    const log = await open()
    const body = Buffer.from(`${'x'.repeat(40 * 1024 * 1024)}\n`)
    const big = { agent: 'a', epoch: 'e', lane: 'low' as const, lines: 1, hash: '', body }
    const waiting = [1, 2, 3].map((first) => log.append({ ...big, first }))
    const results = await Promise.allSettled(waiting)
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    await log.close()
  })

  it('fails batches when the disk does, and goes on when it works again', async () => {
    const log = await open()
    await log.append(batchOf('edge/w0', 1, 20))
    rmSync(join(folder.path, 'segments'), { recursive: true })
    writeFileSync(join(folder.path, 'segments'), 'a file where a folder was')
    await expect(log.append(batchOf('edge/w0', 21, 20))).rejects.toMatchObject({
      code: 'LEDGER_WRITE_FAILED',
    })
    expect(log.size).toBe(20)
    await log.close().catch(() => undefined)
  })
})

describe('checkpoints', () => {
  it('sign exactly the entries before them', async () => {
    const log = await open()
    await log.append(batchOf('edge/w0', 1, 300))
    const checkpoint = await log.checkpoint()
    const tree = new TileTree()
    for (const line of expected('edge/w0', 300)) tree.append(leafHash(Buffer.from(line)))
    expect(checkpoint).toMatchObject({ size: 300, origin: 'example.org/ledger' })
    expect(Buffer.from(checkpoint?.root ?? [])).toEqual(Buffer.from(tree.root()))
    const note = parseNote(readFileSync(join(folder.path, 'checkpoint'), 'utf8'))
    expect(decodeCheckpoint(note.text).size).toBe(300)
    await log.close()
  })

  it('are not made anew while nothing happens', async () => {
    const log = await open()
    expect(await log.checkpoint()).toBeUndefined()
    await log.append(batchOf('edge/w0', 1, 1))
    expect(await log.checkpoint()).toBeDefined()
    expect(await log.checkpoint()).toBeUndefined()
    await log.close()
  })

  it('leave only the partial tiles that the newest one needs', async () => {
    const log = await open()
    for (const count of [1, 5, 300, 10]) {
      await log.append(batchOf('edge/w0', log.size + 1, count))
      await log.checkpoint()
    }
    await log.close()
    expect(readdirSync(join(folder.path, 'tile/0')).toSorted()).toEqual(['000', '001.p'])
    expect(readdirSync(join(folder.path, 'tile/0/001.p'))).toEqual(['60'])
    expect(readdirSync(join(folder.path, 'tile/1/000.p'))).toEqual(['1'])
  })
})

describe('opening again', () => {
  it('goes on where it stopped', async () => {
    for (let round = 0; round < 4; round += 1) {
      const log = await open()
      expect(log.size).toBe(round * 70)
      await log.append(batchOf('edge/w0', round * 70 + 1, 70))
      await log.close()
    }
    expect(await verifyLedger(folder.path)).toMatchObject({ ok: true, entries: 280, signedSize: 280 })
  })

  it('knows lines that were written after the last checkpoint, and whose they are', async () => {
    const first = await open()
    await first.append(batchOf('edge/w0', 1, 5))
    await first.checkpoint()
    await first.append(batchOf('edge/w0', 6, 5))
    await killLog(folder.path, first)
    const second = await open()
    expect(second.size).toBe(10)
    expect(second.positions()).toEqual([
      { agent: 'edge/w0', epoch: 'e1', lane: 'low', sequence: 10, hash: '' },
    ])
    await second.append(batchOf('edge/w0', 8, 5))
    await second.close()
    expect(await lines()).toEqual(expected('edge/w0', 12))
  })

  it.each([
    ['before its checkpoint is there', ['checkpoint', 'snapshot']],
    ['before its snapshot is there', ['snapshot']],
  ])('comes back from a kill in the middle of a checkpoint, %s', async (_name, missing) => {
    const first = await open()
    await first.append(batchOf('edge/w0', 1, 300))
    await first.checkpoint()
    await first.append(batchOf('edge/w0', 301, 300))
    const old = new Map(missing.map((name) => [name, readFileSync(join(folder.path, name))]))
    await first.checkpoint()
    await killLog(folder.path, first)
    // Tiles are those of the new checkpoint; what would have come after the kill is as it was.
    for (const [name, bytes] of old) writeFileSync(join(folder.path, name), bytes)
    const second = await open()
    expect(second.size).toBe(600)
    await second.append(batchOf('edge/w0', 590, 20))
    await second.close()
    expect(await verifyLedger(folder.path)).toMatchObject({ ok: true, entries: 609, signedSize: 609 })
  })

  it('keeps the chain hash of a lane that had nothing after the checkpoint', async () => {
    const first = await open()
    await first.append(batchOf('edge/w0', 1, 5))
    await first.close()
    const second = await open()
    expect(second.positions()[0]).toMatchObject({ sequence: 5, hash: 'ab'.repeat(32) })
    await second.close()
  })

  it('cuts a torn line at the end, keeps a copy of it, and loses no whole line', async () => {
    const first = await open()
    await first.append(batchOf('edge/w0', 1, 5))
    const path = join(folder.path, 'segments', segments().at(-1) ?? '')
    await killLog(folder.path, first)
    appendFileSync(path, eventLine('edge/w0', 'low', 6).slice(0, 50))
    const second = await open()
    expect(second.size).toBe(5)
    expect(second.recovered).toEqual({ cutBytes: 50, rebuilt: false })
    expect(readdirSync(join(folder.path, 'cut'))).toHaveLength(1)
    await second.append(batchOf('edge/w0', 6, 1))
    await second.close()
    expect(await lines()).toEqual(expected('edge/w0', 6))
  })

  it.each([0, 1, 2, 3, 7, 40, 199, 200, 201])(
    'finds its feet with %i bytes of zeros at the end',
    async (count) => {
      const first = await open()
      await first.append(batchOf('edge/w0', 1, 5))
      const path = join(folder.path, 'segments', segments().at(-1) ?? '')
      await killLog(folder.path, first)
      appendFileSync(
        path,
        Buffer.concat([Buffer.alloc(count), Buffer.from(count > 2 ? '\n{"later":1}\n' : '')]),
      )
      const second = await open()
      expect(second.size).toBe(5)
      await second.close()
      expect(await verifyLedger(folder.path)).toMatchObject({ ok: true, entries: 5 })
    },
  )

  it('computes its state anew when the snapshot is missing or damaged', async () => {
    const first = await open()
    await first.append(batchOf('edge/w0', 1, 600))
    await first.close()
    for (const damage of [
      () => rmSync(join(folder.path, 'snapshot')),
      () => writeFileSync(join(folder.path, 'snapshot'), 'nonsense\n'),
      () => truncateSync(join(folder.path, 'snapshot'), 100),
    ]) {
      damage()
      const log = await open()
      expect(log.recovered.rebuilt).toBe(true)
      expect(log.size).toBe(600)
      expect(log.positions()[0]?.sequence).toBe(600)
      await log.append(batchOf('edge/w0', log.size + 1, 1))
      await log.append(batchOf('edge/w0', 590, 12))
      expect(log.size).toBe(601)
      await log.close()
      rmSync(folder.path, { recursive: true })
      const again = await open()
      await again.append(batchOf('edge/w0', 1, 600))
      await again.close()
    }
  })

  it('refuses a log with fewer entries than it signed, and leaves it as it is', async () => {
    const first = await open()
    await first.append(batchOf('edge/w0', 1, 5))
    await first.close()
    const path = join(folder.path, 'segments', segments().at(-1) ?? '')
    truncateSync(path, 300)
    await expect(open()).rejects.toMatchObject({ code: 'LEDGER_ROLLED_BACK' })
    rmSync(join(folder.path, 'snapshot'))
    await expect(open()).rejects.toMatchObject({ code: 'LEDGER_ROLLED_BACK' })
    expect(readFileSync(path)).toHaveLength(300)
  })

  it('refuses a log whose entries are not those that it signed', async () => {
    const first = await open()
    await first.append(batchOf('edge/w0', 1, 5))
    await first.close()
    const path = join(folder.path, 'segments', segments().at(-1) ?? '')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"sequence":3', '"sequence":4'))
    rmSync(join(folder.path, 'snapshot'))
    await expect(open()).rejects.toMatchObject({ code: 'LEDGER_CORRUPT' })
  })

  it('refuses another origin, another key, and a checkpoint that it did not sign', async () => {
    const first = await open()
    await first.append(batchOf('edge/w0', 1, 5))
    await first.close()
    const other = { ...smallLog(folder.path, signer), origin: 'example.org/other' }
    await expect(openLedgerLog(other)).rejects.toMatchObject({ code: 'LEDGER_ORIGIN_CHANGED' })
    const stranger = smallLog(folder.path, createSigner())
    await expect(openLedgerLog(stranger)).rejects.toMatchObject({ code: 'LEDGER_ORIGIN_CHANGED' })
    writeFileSync(join(folder.path, 'checkpoint'), 'example.org/ledger\n5\n')
    await expect(open()).rejects.toMatchObject({ code: 'LEDGER_CORRUPT' })
  })
})

describe('retention', () => {
  it('drops oldest segments over the budget and keeps roots and proofs', async () => {
    const options = { ...smallLog(folder.path, signer), retainBytes: 10_000 }
    const log = await openLedgerLog(options)
    for (let first = 1; first <= 600; first += 6) await log.append(batchOf('edge/w0', first, 6))
    expect(log.enforceRetention()).toBeUndefined() // nothing is signed yet
    await log.checkpoint()
    const dropped = log.enforceRetention()
    expect(dropped?.segments).toBeGreaterThan(10)
    await log.close()
    const report = await verifyLedger(folder.path)
    expect(report).toMatchObject({ ok: true, entries: 600, oldest: dropped?.oldest })
    expect((await lines()).at(-1)).toBe(eventLine('edge/w0', 'low', 600))
    rmSync(join(folder.path, 'snapshot'))
    const again = await openLedgerLog(options)
    expect(again.size).toBe(600)
    await again.close()
  })

  it('never drops the newest segment', async () => {
    const log = await openLedgerLog({ ...smallLog(folder.path, signer), retainBytes: 0 })
    await log.append(batchOf('edge/w0', 1, 3))
    await log.checkpoint()
    expect(log.enforceRetention()).toBeUndefined()
    await log.close()
    expect(existsSync(join(folder.path, 'segments', segments()[0] ?? ''))).toBe(true)
  })
})

describe('packing', () => {
  const pack = async (log: LedgerLog): Promise<number> => {
    let count = 0
    while ((await log.packNext(Number.POSITIVE_INFINITY)) !== undefined) count += 1
    return count
  }

  it('leaves every line, its proof and the way on as they were', async () => {
    const log = await open()
    for (let first = 1; first <= 100; first += 10) await log.append(batchOf('edge/w0', first, 10))
    expect(await pack(log)).toBe(0) // nothing is signed yet
    await log.checkpoint()
    expect(await pack(log)).toBeGreaterThan(5)
    await log.append(batchOf('edge/w0', 101, 10))
    await log.close()
    expect(await lines()).toEqual(expected('edge/w0', 110))
    expect(segments().filter((name) => name.endsWith('.gz')).length).toBeGreaterThan(5)
    expect(await verifyLedger(folder.path)).toMatchObject({ ok: true, entries: 110 })
    rmSync(join(folder.path, 'snapshot'))
    const again = await open()
    expect(again.recovered.rebuilt).toBe(true)
    await again.append(batchOf('edge/w0', 95, 20))
    expect(again.size).toBe(114)
    await again.close()
    expect(await verifyLedger(folder.path)).toMatchObject({ ok: true, entries: 114 })
  })

  it('goes on in a new segment when the newest that is left is packed', async () => {
    const log = await open()
    await log.append(batchOf('edge/w0', 1, 10))
    await log.append(batchOf('edge/w0', 11, 1))
    await log.checkpoint()
    await log.append(batchOf('edge/w0', 12, 1))
    await log.close()
    const again = await open()
    await pack(again)
    await again.close()
    // Somebody takes the newest segment and everything that was signed away; what is left is a log of its own.
    for (const name of [join('segments', segments().at(-1) ?? ''), 'checkpoint', 'snapshot'])
      rmSync(join(folder.path, name))
    const rest = await open()
    expect(rest.size).toBe(10)
    await rest.append(batchOf('edge/w0', 11, 5))
    await rest.close()
    expect(await lines()).toEqual(expected('edge/w0', 15))
    expect(await verifyLedger(folder.path)).toMatchObject({ ok: true, entries: 15 })
  })

  it('counts for retention with the bytes that are on disk', async () => {
    const options = { ...smallLog(folder.path, signer), retainBytes: 20_000 }
    const log = await openLedgerLog(options)
    for (let first = 1; first <= 60; first += 6) await log.append(batchOf('edge/w0', first, 6))
    await log.checkpoint()
    const plainBytes = 60 * (eventLine('edge/w0', 'low', 10).length + 1)
    await pack(log)
    expect(log.enforceRetention(20_000 - plainBytes + 2500)).toBeUndefined()
    expect(log.enforceRetention(19_000)?.segments).toBeGreaterThan(2)
    await log.close()
  })
})
