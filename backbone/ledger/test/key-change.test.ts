import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyWishes, leaveWish, ledgerLayer, readKeyHistory, verifyLedger } from '@sevenfold/ledger'
import type { LedgerReport } from '@sevenfold/ledger'
import { logIdentity } from '@sevenfold/ledger/segments'
import { loadOrCreateKeys, localAgent, registerAgent, startLayer } from '@sevenfold/layer'
import { createMemoryLog, createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { readKeyChange, signKeyChange } from '../src/keys/key-change.ts'
import { encodeVerifierKey, noteKey } from '@sevenfold/merkle'

let folder: TemporaryFolder
let ledger: string
let running: { stop: () => Promise<void> } | undefined
const config = {
  v: 1,
  spoolBytes: 8_388_608,
  origin: 'example.org/ledger',
  segmentSizeBytes: 65_536,
  checkpointIntervalMs: 100,
  segmentsBytes: 1_000_000_000,
}

beforeEach(async () => {
  folder = createTemporaryFolder()
  ledger = join(folder.path, 'ledger')
  mkdirSync(ledger, { recursive: true, mode: 0o700 })
  writeFileSync(join(ledger, 'config.json'), JSON.stringify(config))
  const { publicKey } = loadOrCreateKeys(join(ledger, 'keys'))
  registerAgent(join(ledger, 'agents.json'), localAgent('ledger', publicKey))
  await start()
  await until(() => existsSync(join(ledger, 'checkpoint')))
})
afterEach(async () => {
  await stop()
  folder.remove()
})

async function start(): Promise<void> {
  running = await startLayer(ledgerLayer, { dataDir: folder.path, log: createMemoryLog() })
}
async function stop(): Promise<void> {
  await running?.stop()
  running = undefined
}
async function until(test: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!test()) {
    if (performance.now() > deadline) throw new Error('still waiting')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
async function change(kind: 'rotate' | 'revoke'): Promise<void> {
  const before = readKeyHistory(ledger).length
  leaveWish(keyWishes(ledger), { name: kind, actor: 'cli:ana', reason: 'once a year' })
  await until(() => readKeyHistory(ledger).length === before + 1 && !existsSync(join(ledger, 'log-key.next')))
}
const keyNow = (): string => readFileSync(join(ledger, 'log.vkey'), 'utf8').trim()
const note = (): string => readFileSync(join(ledger, 'checkpoint'), 'utf8')
const codes = ({ problems }: LedgerReport): string[] => problems.map(({ code }) => code)

describe('a log whose key was rotated', () => {
  it('verifies with every key that it had, and with checkpoints of each; a stranger it tells nothing', async () => {
    const [first, seen] = [keyNow(), note()]
    await change('rotate')
    const second = keyNow()
    await change('rotate')
    await stop()
    await start()
    await stop()
    expect(new Set([first, second, keyNow()]).size).toBe(3)
    for (const verifierKey of [first, second, keyNow()])
      expect(codes(await verifyLedger(ledger, { verifierKey, seen: [seen] }))).toEqual([])
    expect(logIdentity(ledger)).toBe(first)
    const stranger = loadOrCreateKeys(join(folder.path, 'stranger')).publicKey
    const verifierKey = encodeVerifierKey(noteKey('example.org/ledger', stranger))
    expect((await verifyLedger(ledger, { verifierKey })).ok).toBe(false)
  })

  it('takes no checkpoint of the old key over more entries than it had', async () => {
    const old = loadOrCreateKeys(join(ledger, 'log-key'))
    cpSync(join(ledger, 'log-key'), join(folder.path, 'stolen'), { recursive: true })
    await change('rotate')
    const [done] = readKeyHistory(ledger)
    if (done === undefined) throw new Error('no change')
    const { size, from } = done
    await until(() => Number(note().split('\n')[1]) > size)
    await stop()
    const { signCheckpoint } = await import('../src/log/log-key.ts')
    const stolen = { publicKey: old.publicKey, sign: loadOrCreateKeys(join(folder.path, 'stolen')).sign }
    const root = new Uint8Array(Buffer.from(note().split('\n')[2] ?? '', 'base64'))
    const forged = { origin: from.name, size: size + 1, root, extensions: [] }
    writeFileSync(join(ledger, 'checkpoint'), signCheckpoint(forged, from, stolen))
    expect(codes(await verifyLedger(ledger))).toContain('checkpoint-invalid')
  })

  it('goes on with the new key when the machine stops in the middle of the change', async () => {
    await change('rotate')
    await stop()
    // As it was just after the note: the new key is not in its place yet.
    renameSync(join(ledger, 'log-key'), join(ledger, 'log-key.next'))
    writeFileSync(join(ledger, 'log.vkey'), `${logIdentity(ledger)}\n`)
    await start()
    await stop()
    expect(codes(await verifyLedger(ledger, { verifierKey: logIdentity(ledger) }))).toEqual([])
    expect(keyNow()).not.toBe(logIdentity(ledger))
  })

  it('keeps the old key when the machine stops before the note', async () => {
    await stop()
    const key = keyNow()
    loadOrCreateKeys(join(ledger, 'log-key.next'))
    await start()
    await stop()
    expect(keyNow()).toBe(key)
    expect(existsSync(join(ledger, 'log-key.next'))).toBe(false)
    expect(codes(await verifyLedger(ledger))).toEqual([])
  })
})

it('a revoked key leads nobody to its successor by itself', async () => {
  const old = keyNow()
  await change('revoke')
  await stop()
  expect(codes(await verifyLedger(ledger, { verifierKey: old }))).toEqual(['key-revoked'])
  expect(codes(await verifyLedger(ledger, { verifierKey: keyNow() }))).toEqual([])
})

it('a history that was changed afterwards does not hold', async () => {
  await change('rotate')
  await stop()
  const path = join(ledger, 'key-history', '000001.note')
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace('once a year', 'once a month'))
  expect(codes(await verifyLedger(ledger))).toContain('key-unusable')
  rmSync(path)
  const first = text.split('\n')[4]
  expect(codes(await verifyLedger(ledger, { verifierKey: first ?? '' }))).toContain('key-changed')
})

describe('the note of a change', () => {
  const signer = (name: string) => loadOrCreateKeys(join(folder.path, name))
  const make = (name = 'example.org/ledger'): string => {
    const [from, to] = [signer('a'), signer('b')]
    const keys = { from: noteKey('example.org/ledger', from.publicKey), to: noteKey(name, to.publicKey) }
    const facts = {
      kind: 'rotate' as const,
      size: 7,
      root: 'AA==',
      time: '2026-01-31T12:00:00.000Z',
      reason: 'a\nb\u0000c',
    }
    return signKeyChange({ ...facts, ...keys }, { from, to })
  }

  it('is read as it was written, its reason as one line', () => {
    expect(readKeyChange(make())).toMatchObject({ kind: 'rotate', size: 7, reason: 'a b c' })
  })

  it('needs both signatures and one name', () => {
    const lines = make().trimEnd().split('\n')
    expect(() => readKeyChange(`${lines.slice(0, -1).join('\n')}\n`)).toThrow('signature')
    expect(() => readKeyChange(make('example.org/other'))).toThrow('name')
    expect(() => readKeyChange(make().replace('rotate', 'delete'))).toThrow()
  })
})
