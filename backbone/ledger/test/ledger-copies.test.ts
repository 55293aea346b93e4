import { cpSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decodeEnrolToken, enrolHost, loadOrCreateKeys, writeHostFiles } from '@sevenfold/layer'
import { cosignedAt, decodeCheckpoint, decodeCosignerKey, parseNote } from '@sevenfold/merkle'
import { tailLedger, verifyLedger, verifyMirror, verifyWithReceipts } from '@sevenfold/ledger'
import { HostsHouse, until } from './hosts-house.ts'

// Processes, disks and handshakes of a machine that may do much else meanwhile.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let own: HostsHouse
let other: HostsHouse
const copies = (): string => join(own.folder, 'ledger', 'copies', 'ledgers', 'other')
const mirror = (): string => join(other.folder, 'ledger', 'mirrors', 'site-a')

beforeEach(async () => {
  own = new HostsHouse()
  other = new HostsHouse()
  await other.start()
  const token = decodeEnrolToken(await other.token('site-a', 'ledger'))
  const keys = loadOrCreateKeys(join(own.folder, 'ledger', 'keys'))
  writeHostFiles(copies(), await enrolHost(token, keys))
})
afterEach(async () => {
  await own.close()
  await other.close()
})

const sizeOf = (path: string): number =>
  existsSync(path) ? decodeCheckpoint(parseNote(readFileSync(path, 'utf8')).text).size : 0
/** Size of the log as it is signed. */
async function signed(): Promise<number> {
  const size = (): number => sizeOf(join(own.folder, 'ledger', 'checkpoint'))
  await until('the log is signed', () => size() > 0)
  return size()
}
const receipt = (): string => join(copies(), 'checkpoint.receipt')
const copied = (size: number): Promise<void> => until('the receipt comes', () => sizeOf(receipt()) >= size)

/** Entries of the log that is copied. */
async function write(count: number, text: string): Promise<void> {
  for (let i = 0; i < count; i += 1) await own.token(`${text}-${i}`) // each is an act, and an event
  await until('they are entries', async () => {
    let found = 0
    for await (const { line } of tailLedger(join(own.folder, 'ledger')))
      if (line.includes(`edge on ${text}-`)) found += 1
    return found === count
  })
}

async function linesOf(root: string): Promise<string[]> {
  const lines: string[] = []
  for await (const { line } of tailLedger(root)) lines.push(line)
  return lines
}

describe('a copy at another ledger', () => {
  it('holds every entry, verifies by itself, and answers with a receipt that holds', async () => {
    await own.start()
    await write(5, 'first')
    const size = await signed()
    await copied(size)
    const note = readFileSync(receipt(), 'utf8')
    const key = decodeCosignerKey(readFileSync(join(copies(), 'copy.vkey'), 'utf8').trim())
    expect(cosignedAt(parseNote(note), key)).toBeGreaterThan(0)
    const mine = await linesOf(join(own.folder, 'ledger'))
    expect((await linesOf(mirror())).slice(0, size)).toEqual(mine.slice(0, size))
    const verifierKey = readFileSync(join(own.folder, 'ledger', 'log.vkey'), 'utf8').trim()
    expect(readFileSync(join(mirror(), 'log.vkey'), 'utf8').trim()).toBe(verifierKey)
    expect(await verifyLedger(mirror(), { verifierKey })).toMatchObject({ ok: true })
  })

  it('is verified where it is kept, with the receipt that was given for it, and so is the log by its owner', async () => {
    await own.start()
    await write(3, 'first')
    await copied(await signed())
    const given = Date.now() - 60_000
    await own.stop()
    await other.stop()
    const [mine, theirs] = [join(own.folder, 'ledger'), join(other.folder, 'ledger')]
    const report = await verifyMirror(theirs, 'site-a', {
      seen: [readFileSync(join(mine, 'checkpoint'), 'utf8')],
    })
    expect(report).toMatchObject({ host: 'site-a', origin: 'example.org/ledger' })
    // The owner may have signed what did not come here before it stopped: then that, and nothing else, is what is told.
    expect(report.problems.map(({ code }) => code).filter((code) => code !== 'rolled-back')).toEqual([])
    expect(await verifyMirror(theirs, 'site-a')).toMatchObject({ ok: true })
    expect(report.receivedMs).toBeGreaterThan(given)
    expect(await verifyWithReceipts(mine)).toMatchObject({ ok: true })
    // A checkpoint that nobody gave a receipt for, in the place of one.
    const forged = readFileSync(receipt(), 'utf8').replace(/\n— [^\n]*\n$/u, '\n')
    for (const path of [receipt(), join(mirror(), 'checkpoint.receipt')]) writeFileSync(path, forged)
    const codes = async (found: Promise<{ problems: readonly { code: string }[] }>): Promise<string[]> =>
      (await found).problems.map(({ code }) => code)
    expect(await codes(verifyMirror(theirs, 'site-a'))).toContain('receipt-invalid')
    expect(await codes(verifyWithReceipts(mine))).toContain('receipt-invalid')
  })

  it('goes on after either side was away, and takes again what it has', async () => {
    await own.start()
    await write(3, 'first')
    await copied(await signed())
    await other.stop()
    await write(3, 'second')
    await own.stop()
    // Its own position is lost: everything is sent again, compared, and taken once.
    for (const file of readdirSync(join(own.folder, 'ledger', 'copies')))
      if (file.endsWith('.json')) rmSync(join(own.folder, 'ledger', 'copies', file))
    await other.start()
    await own.start()
    await copied(await signed())
    const mine = await linesOf(join(own.folder, 'ledger'))
    const theirs = await linesOf(mirror())
    expect(theirs).toEqual(mine.slice(0, theirs.length))
    expect(theirs.some((line) => line.includes('edge on second-2'))).toBe(true)
  })

  it('takes no other history of the same log, and both sides say so', async () => {
    await own.start()
    await write(2, 'first')
    await own.stop()
    const saved = join(own.folder, 'saved')
    const ledger = join(own.folder, 'ledger')
    cpSync(ledger, saved, { recursive: true, filter: (path) => !path.endsWith('.sock') })
    await own.start()
    await write(3, 'second')
    await copied(sizeOf(join(ledger, 'checkpoint')))
    await own.stop()
    // Somebody with the key of the log puts an older state back and goes on from there.
    renameSync(ledger, join(own.folder, 'gone'))
    renameSync(saved, ledger)
    await own.start()
    await write(6, 'forged')
    await until('the other side says so', async () =>
      (await other.messages()).some((text) => text.startsWith('the copy of the ledger on site-a: entry ')),
    )
    await until('our side says so', async () =>
      (await own.messages()).some((text) => text.startsWith('the copy ledger-other takes nothing: entry ')),
    )
    expect((await linesOf(mirror())).some((line) => line.includes('forged'))).toBe(false)
  })

  it('is not taken from a host of another layer', async () => {
    const web2 = await other.joined('web2')
    const { HostLink, jsonPost, systemClock } = await import('@sevenfold/layer')
    const { createMemoryLog } = await import('@sevenfold/testkit')
    const link = HostLink.open({
      partDir: join(web2, 'edge'),
      agentId: (host) => `edge/${host}.x`,
      slot: 'x',
      clock: systemClock,
      log: createMemoryLog(),
    })
    if (link === undefined) throw new Error('not enrolled')
    other.later(() => link.client('ledger').close())
    for (const path of ['/v1/copies/entries', '/v1/copies/checkpoint'])
      expect(await link.send('ledger', jsonPost(path, { note: '', key: '' }))).toMatchObject({ status: 403 })
  })
})
