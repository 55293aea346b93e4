import { appendFileSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openLedgerLog, tailLedger, verifyLedger } from '@sevenfold/ledger'
import type { LedgerLog, LogSigner } from '@sevenfold/ledger'
import { encodeVerifierKey, noteKey } from '@sevenfold/merkle'
import { signKeyChange } from '../src/keys/key-change.ts'
import { Mirror } from '../src/mirrors/mirror.ts'
import { batchOf, createSigner, smallLog, temporaryFolder } from './fixtures.ts'

// Processes, disks and handshakes of a machine that may do much else meanwhile.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder: ReturnType<typeof temporaryFolder>
let signer: LogSigner
let log: LedgerLog
let mirror: Mirror
const root = (): string => join(folder.path, 'mirror')
const key = (): string => readFileSync(join(folder.path, 'log', 'log.vkey'), 'utf8').trim()
const open = (): Promise<Mirror> => Mirror.open(root(), { segmentBytes: 2000, retainBytes: () => 1e9 })

beforeEach(async () => {
  folder = temporaryFolder()
  signer = createSigner()
  log = await openLedgerLog(smallLog(join(folder.path, 'log'), signer))
  mirror = await open()
})
afterEach(async () => {
  await mirror.close()
  await log.close()
  folder.remove()
})

let sequence = 0
/** Adds entries to the log and gives them as they would be sent. */
async function grow(count: number): Promise<Uint8Array> {
  const batch = batchOf(`edge/w${(sequence += 1)}`, 1, count)
  await log.append(batch)
  await log.checkpoint()
  return batch.body
}

describe('a mirror', () => {
  it('follows a log over many segments and checkpoints, and verifies as it does', async () => {
    for (let i = 0; i < 12; i += 1) {
      const first = log.size
      expect(await mirror.append(first, await grow(37))).toEqual({ kind: 'taken', size: first + 37 })
      expect(await mirror.checkpoint(log.signedNote, key())).toEqual({ kind: 'taken', size: log.size })
    }
    expect(await verifyLedger(root(), { verifierKey: key() })).toMatchObject({ ok: true })
    const partials = readdirSync(join(root(), 'tile'), { recursive: true }).filter((name) =>
      String(name).includes('.p/'),
    )
    expect(partials.length).toBeLessThanOrEqual(2)
  })

  it('goes on after a kill, with a torn line and entries that no checkpoint covers', async () => {
    const [one, two] = [await grow(10), await grow(10)]
    await mirror.append(0, one)
    await mirror.append(10, two)
    await mirror.close()
    const last = readdirSync(join(root(), 'segments')).toSorted().at(-1) ?? ''
    appendFileSync(join(root(), 'segments', last), '{"torn')
    mirror = await open()
    expect(mirror.size).toBe(20)
    expect(await mirror.append(10, two)).toEqual({ kind: 'taken', size: 20 })
    expect(await mirror.checkpoint(log.signedNote, key())).toEqual({ kind: 'taken', size: 20 })
    expect(await mirror.append(20, await grow(5))).toEqual({ kind: 'taken', size: 25 })
    expect(await mirror.checkpoint(log.signedNote, key())).toEqual({ kind: 'taken', size: 25 })
    const lines: string[] = []
    for await (const { line } of tailLedger(root())) lines.push(line)
    expect(lines).toHaveLength(25)
  })

  it('takes what it has again, whether a checkpoint covers it or not, and what comes behind it', async () => {
    const [one, two] = [await grow(10), await grow(10)]
    await mirror.append(0, one)
    await mirror.append(10, two)
    await mirror.checkpoint(log.signedNote, key())
    const three = await grow(10)
    expect(await mirror.append(10, Buffer.concat([two, three]))).toEqual({ kind: 'taken', size: 30 })
    expect(await mirror.append(0, Buffer.concat([one, two, three]))).toEqual({ kind: 'taken', size: 30 })
    expect(await mirror.checkpoint(log.signedNote, key())).toEqual({ kind: 'taken', size: 30 })
  })

  it('refuses other bytes under a number that is taken', async () => {
    await mirror.append(0, await grow(10))
    await mirror.checkpoint(log.signedNote, key())
    expect(await mirror.append(0, batchOf('edge/other', 1, 3).body)).toMatchObject({ kind: 'conflict' })
    expect(await mirror.append(5, batchOf('edge/other', 1, 30).body)).toMatchObject({ kind: 'conflict' })
    expect(mirror.size).toBe(10)
  })

  it('says what it expects after a gap, in entries and in checkpoints', async () => {
    const one = await grow(10)
    expect(await mirror.append(1, one)).toEqual({ kind: 'gap', expected: 0 })
    expect(await mirror.checkpoint(log.signedNote, key())).toEqual({ kind: 'gap', expected: 0 })
  })

  it('refuses a checkpoint over entries that are not the ones it has, and keeps to what it verified', async () => {
    const one = await grow(10)
    await mirror.append(0, one)
    const before = log.signedNote
    await mirror.checkpoint(before, key())
    await grow(10)
    await mirror.append(10, batchOf('edge/forged', 1, 10).body)
    expect(await mirror.checkpoint(log.signedNote, key())).toMatchObject({ kind: 'conflict' })
    expect(await mirror.checkpoint(before, key())).toEqual({ kind: 'taken', size: 10 })
  })

  it('follows a rotation of the key, and no revocation', async () => {
    const next = createSigner()
    const change = (kind: 'rotate' | 'revoke'): string =>
      signKeyChange(
        {
          kind,
          size: 10,
          root: 'AA==',
          from: noteKey('example.org/ledger', signer.publicKey),
          to: noteKey('example.org/ledger', next.publicKey),
          time: '2026-01-31T12:00:00.000Z',
          reason: 'once a year',
        },
        { from: signer, to: next },
      )
    const old = key()
    await mirror.append(0, await grow(10))
    await mirror.checkpoint(log.signedNote, old)
    log.signWith(next)
    const offered = encodeVerifierKey(noteKey('example.org/ledger', next.publicKey))
    expect(await mirror.checkpoint(log.signedNote, offered, [])).toMatchObject({ kind: 'conflict' })
    expect(await mirror.checkpoint(log.signedNote, offered, ['no note', change('revoke')])).toMatchObject({
      kind: 'conflict',
    })
    expect(await mirror.checkpoint(log.signedNote, offered, [change('rotate')])).toEqual({
      kind: 'taken',
      size: 10,
    })
    expect(await mirror.checkpoint(log.signedNote, offered)).toEqual({ kind: 'taken', size: 10 })
  })

  it('refuses a checkpoint of another key, also when that key is offered with it', async () => {
    await mirror.append(0, await grow(10))
    await mirror.checkpoint(log.signedNote, key())
    const thief = await openLedgerLog(smallLog(join(folder.path, 'thief'), createSigner()))
    try {
      await thief.append(batchOf('edge/w1', 1, 10))
      await thief.checkpoint()
      const offered = readFileSync(join(folder.path, 'thief', 'log.vkey'), 'utf8').trim()
      expect(await mirror.checkpoint(thief.signedNote, offered)).toMatchObject({ kind: 'conflict' })
    } finally {
      await thief.close()
    }
  })

  it('refuses an older checkpoint than the newest it verified', async () => {
    await mirror.append(0, await grow(10))
    const old = log.signedNote
    await mirror.append(10, await grow(10))
    await mirror.checkpoint(log.signedNote, key())
    expect(await mirror.checkpoint(old, key())).toMatchObject({ kind: 'conflict' })
  })
})
