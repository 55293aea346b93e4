import { cpSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeVerifierKey, noteKey } from '@sevenfold/merkle'
import { openLedgerLog, verifyLedger } from '@sevenfold/ledger'
import { batchOf, createSigner, eventLine, smallLog, temporaryFolder } from './fixtures.ts'

const signer = createSigner()
const thief = createSigner()
const root = temporaryFolder()
const good = join(root.path, 'good')
const checkpoints: string[] = []
let copies = 0

beforeAll(async () => {
  const log = await openLedgerLog(smallLog(good, signer))
  for (let first = 1; first <= 600; first += 60) {
    await log.append(batchOf('edge/w0', first, 60))
    await log.checkpoint()
    checkpoints.push(readFileSync(join(good, 'checkpoint'), 'utf8'))
  }
  await log.close()
})
afterAll(() => root.remove())

const segmentsOf = (folder: string): string[] =>
  readdirSync(join(folder, 'segments'))
    .toSorted()
    .map((name) => join(folder, 'segments', name))

/** Changes the text of the segment that holds `needle`. */
function edit(folder: string, needle: string, change: (text: string) => string): void {
  const path = segmentsOf(folder).find((segment) => readFileSync(segment, 'utf8').includes(needle))
  if (path === undefined) throw new Error(`no segment holds ${needle}`)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

function tampered(change: (folder: string) => void): string {
  copies += 1
  const folder = join(root.path, `copy-${copies}`)
  cpSync(good, folder, { recursive: true })
  change(folder)
  return folder
}

const line = (sequence: number): string => eventLine('edge/w0', 'low', sequence)
const vkey = encodeVerifierKey(noteKey('example.org/ledger', signer.publicKey))

/** A log over other entries, signed with a key that was stolen together with the folder. */
async function rewritten(folder: string, key: typeof signer, sequences: readonly number[]): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  const log = await openLedgerLog(smallLog(folder, key))
  for (const sequence of sequences) await log.append(batchOf('edge/w0', sequence, 1))
  await log.close()
}

describe('a log that nobody touched', () => {
  it('verifies, with the key given and with every checkpoint seen earlier', async () => {
    const report = await verifyLedger(good, { verifierKey: vkey, seen: checkpoints })
    expect(report).toEqual({
      ok: true,
      origin: 'example.org/ledger',
      signedSize: 600,
      entries: 600,
      oldest: 0,
      problems: [],
    })
  })

  it('verifies while it grows: entries after the checkpoint are counted and not complained about', async () => {
    const folder = tampered(() => undefined)
    const log = await openLedgerLog(smallLog(folder, signer))
    await log.append(batchOf('edge/w0', 601, 300))
    expect(await verifyLedger(folder)).toMatchObject({ ok: true, signedSize: 600, entries: 900 })
    await log.close()
  })

  it('verifies when there is nothing in it', async () => {
    expect(await verifyLedger(join(root.path, 'empty'), { verifierKey: vkey })).toMatchObject({
      ok: true,
      entries: 0,
    })
  })
})

interface Tamper {
  readonly name: string
  readonly change: (folder: string) => void
  readonly codes: readonly string[]
  readonly entry?: number
}

const matrix: readonly Tamper[] = [
  {
    name: 'one byte of an entry',
    change: (folder) =>
      edit(folder, line(123), (text) => text.replace(line(123), line(123).replace('access', 'excess'))),
    codes: ['entry-changed', 'root-mismatch'],
    entry: 122,
  },
  {
    name: 'a dropped entry',
    change: (folder) => edit(folder, line(300), (text) => text.replace(`${line(300)}\n`, '')),
    codes: ['segment-gap', 'truncated'],
  },
  {
    name: 'a dropped entry in the last segment',
    change: (folder) => edit(folder, line(590), (text) => text.replace(`${line(590)}\n`, '')),
    codes: ['sequence-gap', 'truncated'],
    entry: 589,
  },
  {
    name: 'two entries that changed places',
    change: (folder) =>
      edit(folder, line(301), (text) =>
        text.replace(line(300), 'x').replace(line(301), line(300)).replace('x', line(301)),
      ),
    codes: ['entry-changed', 'sequence-repeated'],
  },
  {
    name: 'an entry put in',
    change: (folder) =>
      edit(folder, line(300), (text) => text.replace(line(300), `${line(300)}\n${line(9000)}`)),
    codes: ['segment-gap'],
  },
  {
    name: 'an entry that is no event',
    change: (folder) => edit(folder, line(300), (text) => text.replace(line(300), 'no event')),
    codes: ['entry-unreadable', 'entry-changed'],
    entry: 299,
  },
  {
    name: 'a forged sequence',
    change: (folder) =>
      edit(folder, line(300), (text) =>
        text.replace(line(300), line(300).replace('"sequence":300', '"sequence":3')),
      ),
    codes: ['sequence-repeated', 'entry-changed'],
  },
  {
    name: 'a cut end',
    change: (folder) => truncateSync(segmentsOf(folder).at(-1) ?? '', 1),
    codes: ['truncated'],
  },
  {
    name: 'a missing last segment',
    change: (folder) => rmSync(segmentsOf(folder).at(-1) ?? ''),
    codes: ['truncated'],
  },
  {
    name: 'a missing segment in the middle',
    change: (folder) => rmSync(segmentsOf(folder)[5] ?? ''),
    codes: ['segment-gap', 'truncated'],
  },
  {
    name: 'a changed tile',
    change: (folder) => {
      const path = join(folder, 'tile/0/001')
      const bytes = readFileSync(path)
      bytes[40] = (bytes[40] ?? 0) ^ 1
      writeFileSync(path, bytes)
    },
    codes: ['entry-changed'],
    entry: 257,
  },
  {
    name: 'a missing tile',
    change: (folder) => rmSync(join(folder, 'tile/0/001')),
    codes: ['tile-missing'],
  },
  {
    name: 'a checkpoint with another size',
    change: (folder) =>
      writeFileSync(join(folder, 'checkpoint'), (checkpoints.at(-1) ?? '').replace('\n600\n', '\n599\n')),
    codes: ['checkpoint-invalid'],
  },
  {
    name: 'a checkpoint that is gone',
    change: (folder) => rmSync(join(folder, 'checkpoint')),
    codes: ['checkpoint-missing'],
  },
  {
    name: 'another key beside it',
    change: (folder) => {
      const other = encodeVerifierKey(noteKey('example.org/ledger', thief.publicKey))
      writeFileSync(join(folder, 'log.vkey'), `${other}\n`)
    },
    codes: ['key-changed'],
  },
]

describe('a log that somebody changed', () => {
  it.each(matrix)('is refused with $name', async ({ change, codes, entry }) => {
    const report = await verifyLedger(tampered(change), { verifierKey: vkey, seen: checkpoints })
    expect(report.ok).toBe(false)
    const found = report.problems.map((problem) => problem.code)
    for (const code of codes) expect(found).toContain(code)
    if (entry !== undefined) expect(report.problems.map((problem) => problem.entry)).toContain(entry)
  })

  it('is refused after a rollback to an older checkpoint, when a newer one was seen', async () => {
    const folder = tampered((copy) => rmSync(copy, { recursive: true }))
    await rewritten(
      folder,
      signer,
      Array.from({ length: 300 }, (_, i) => i + 1),
    )
    expect(await verifyLedger(folder)).toMatchObject({ ok: true })
    const report = await verifyLedger(folder, { seen: checkpoints })
    expect(report.problems.map((problem) => problem.code)).toContain('rolled-back')
  })

  it('is refused when it was rewritten and signed with the stolen key of the log', async () => {
    const folder = tampered((copy) => rmSync(copy, { recursive: true }))
    await rewritten(
      folder,
      signer,
      Array.from({ length: 700 }, (_, i) => (i < 99 ? i + 1 : i + 2)),
    )
    const report = await verifyLedger(folder, { seen: checkpoints })
    expect(report.problems.map((problem) => problem.code)).toContain('forked')
  })

  it('is refused when it was rewritten and signed with another key', async () => {
    const folder = tampered((copy) => rmSync(copy, { recursive: true }))
    await rewritten(folder, thief, [1, 2, 3])
    expect(await verifyLedger(folder, { verifierKey: vkey })).toMatchObject({ ok: false })
  })

  it('lists at most 100 problems and never throws on nonsense', async () => {
    const folder = tampered((copy) => {
      for (const path of segmentsOf(copy)) writeFileSync(path, 'x\n'.repeat(500))
    })
    const report = await verifyLedger(folder)
    expect(report.ok).toBe(false)
    expect(report.problems.length).toBeLessThanOrEqual(100)
  })
})

describe('gaps in a lane', () => {
  async function withGap(declaration: string | undefined): Promise<readonly string[]> {
    const folder = join(root.path, `gap-${declaration === undefined ? 'silent' : 'declared'}`)
    const log = await openLedgerLog(smallLog(folder, signer))
    await log.append(batchOf('edge/w0', 1, 3))
    await log.append(batchOf('edge/w0', 8, 3))
    if (declaration !== undefined) {
      const text = eventLine('edge/w0', 'high', 1).replace('"lane":"high"', `"lane":"high",${declaration}`)
      const body = Buffer.from(`${text}\n`)
      await log.append({ agent: 'edge/w0', epoch: 'e1', lane: 'high', first: 1, lines: 1, hash: '', body })
    }
    await log.close()
    return (await verifyLedger(folder)).problems.map((problem) => problem.code)
  }

  it('are problems when nothing declares them', async () => {
    expect(await withGap(undefined)).toEqual(['sequence-gap'])
  })

  it('are none when the writer declared the loss', async () => {
    expect(await withGap('"loss":{"lane":"low","first":4,"last":7,"count":4,"reason":"overflow"}')).toEqual(
      [],
    )
  })
})
