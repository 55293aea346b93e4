import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import type { Server, TLSSocket } from 'node:tls'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '@sevenfold/layer'
import { createCertificateAuthority, createTemporaryFolder } from '@sevenfold/testkit'
import type { CertificateAuthority, TemporaryFolder } from '@sevenfold/testkit'
import { CopyConflict } from '../src/copies/copy-target.ts'
import type { CopyBatch, CopyTarget } from '../src/copies/copy-target.ts'
import { Copier, maxCopyEntries } from '../src/copies/copier.ts'
import { checkpointKey, createS3Copy, entriesKey } from '../src/copies/s3-copy.ts'
import { createSyslogCopy, syslogFrame } from '../src/copies/syslog-copy.ts'
import { openLedgerLog } from '../src/log/ledger-log.ts'
import type { LedgerLog } from '../src/log/ledger-log.ts'
import { tailLedger } from '../src/read/tail-ledger.ts'
import { startFakeS3 } from './fake-s3.ts'
import type { FakeS3 } from './fake-s3.ts'
import { batchOf, createSigner } from './fixtures.ts'

let folder: TemporaryFolder
const closing: (() => unknown)[] = []
beforeEach(() => {
  folder = createTemporaryFolder()
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
  folder.remove()
})

async function openLog(segmentBytes = 100_000, retainBytes = 1e9): Promise<LedgerLog> {
  const options = { origin: 'example.org/ledger', signer: createSigner(), segmentBytes, retainBytes }
  const log = await openLedgerLog({ folder: join(folder.path, 'ledger'), ...options })
  closing.push(() => log.close())
  return log
}

async function linesOf(): Promise<string[]> {
  const lines: string[] = []
  for await (const { line } of tailLedger(join(folder.path, 'ledger'))) lines.push(line)
  return lines
}

async function until(look: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!look()) {
    if (performance.now() > deadline) throw new Error('it did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

interface Followed {
  readonly copier: Copier
  readonly failures: unknown[]
  readonly gaps: (readonly [number, number])[]
  worked: number
}

function follow(target: CopyTarget, log: LedgerLog): Followed {
  const followed: { failures: unknown[]; gaps: [number, number][]; worked: number } = {
    failures: [],
    gaps: [],
    worked: 0,
  }
  const copier = new Copier({
    target,
    segments: join(folder.path, 'ledger', 'segments'),
    positionFile: join(folder.path, 'position.json'),
    newestNote: () => log.signedNote,
    intervalMs: 5,
    clock: systemClock,
    report: {
      behind: () => undefined,
      failed: (error) => followed.failures.push(error),
      worked: () => followed.worked++,
      missed: (from, to) => followed.gaps.push([from, to]),
    },
  })
  copier.start()
  closing.push(() => copier.stop())
  return Object.assign(followed, { copier })
}

/** A target that keeps what it gets, and fails when told to. */
function keeper(): CopyTarget & { readonly batches: CopyBatch[]; broken: boolean } {
  const batches: CopyBatch[] = []
  const made = {
    name: 'keeper',
    batches,
    broken: false,
    send: (batch: CopyBatch) => {
      if (made.broken) return Promise.reject(new Error('no'))
      batches.push(batch)
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
  return made
}

describe('Copier', () => {
  it('copies every entry once and in order, over segments, failures and a restart', async () => {
    const log = await openLog(2000)
    const target = keeper()
    await log.append(batchOf('edge/w0', 1, 50))
    const first = follow(target, log)
    await until(() => target.batches.flatMap(({ lines }) => lines).length === 50)
    target.broken = true
    await log.append(batchOf('edge/w0', 51, 50))
    await until(() => first.failures.length > 1)
    await first.copier.stop()
    target.broken = false
    await log.append(batchOf('edge/w0', 101, 30))
    follow(target, log)
    await until(() => target.batches.flatMap(({ lines }) => lines).length === 130)
    expect(target.batches.flatMap(({ lines }) => lines)).toEqual(await linesOf())
    expect(target.batches.map((batch) => batch.first)[0]).toBe(0)
  })

  it('begins anew when its position is damaged', async () => {
    const log = await openLog()
    const target = keeper()
    await log.append(batchOf('edge/w0', 1, 5))
    writeFileSync(join(folder.path, 'position.json'), '{"v":1,"index":-3')
    follow(target, log)
    await until(() => target.batches.length === 1)
    expect(target.batches[0]).toMatchObject({ first: 0 })
  })

  it('says which entries it can never have when retention was faster', async () => {
    const log = await openLog(3000, 6000)
    const target = keeper()
    await log.append(batchOf('edge/w0', 1, 10))
    const first = follow(target, log)
    await until(() => first.worked > 0)
    await first.copier.stop()
    for (let round = 0; round < 20; round++) await log.append(batchOf('edge/w0', 11 + round * 10, 10))
    await log.checkpoint()
    log.enforceRetention()
    const second = follow(target, log)
    await until(() => second.gaps.length > 0 && second.worked > 0)
    const [[from, to] = [0, 0]] = second.gaps
    expect(from).toBe(10)
    expect(target.batches.at(-1)?.first).toBeGreaterThanOrEqual(to)
  })

  it(`sends at most about ${maxCopyEntries} entries at once`, async () => {
    const log = await openLog(10_000_000)
    for (let round = 0; round < 25; round++) await log.append(batchOf('edge/w0', 1 + round * 500, 500))
    const target = keeper()
    follow(target, log)
    await until(() => target.batches.flatMap(({ lines }) => lines).length === 12_500)
    expect(target.batches.length).toBeGreaterThan(1)
  })
})

describe('a copy in an object store (a store that refuses to overwrite)', () => {
  let s3: FakeS3
  const saved = { ...process.env }
  beforeEach(async () => {
    s3 = await startFakeS3()
    process.env['AWS_ACCESS_KEY_ID'] = 'test'
    process.env['AWS_SECRET_ACCESS_KEY'] = 'test'
  })
  afterEach(async () => {
    await s3.close()
    process.env = { ...saved }
  })

  const lockMs = 86_400_000
  const make = (): CopyTarget =>
    createS3Copy('s3', {
      bucket: 'evidence',
      region: 'eu-north-1',
      prefix: 'house/',
      endpoint: s3.endpoint,
      lockMs,
      now: () => Date.UTC(2026, 0, 1),
    })

  it('holds every entry and the checkpoints, locked until the day', async () => {
    const log = await openLog()
    await log.append(batchOf('edge/w0', 1, 20))
    await log.checkpoint()
    follow(make(), log)
    await until(() => s3.objects.has(`/evidence/${checkpointKey('house/', 20)}`))
    const object = s3.objects.get(`/evidence/${entriesKey('house/', 0, 20)}`)
    expect(
      gunzipSync(object?.body ?? '')
        .toString('utf8')
        .trimEnd()
        .split('\n'),
    ).toEqual(await linesOf())
    expect(object).toMatchObject({ lockMode: 'COMPLIANCE', until: new Date('2026-01-02T00:00:00Z') })
    expect(s3.objects.get(`/evidence/${checkpointKey('house/', 20)}`)?.body.toString()).toBe(log.signedNote)
  })

  it('tries again until the store takes it', async () => {
    const log = await openLog()
    await log.append(batchOf('edge/w0', 1, 3))
    s3.failing = 3
    const followed = follow(make(), log)
    await until(() => s3.objects.has(`/evidence/${entriesKey('house/', 0, 3)}`))
    expect(followed.failures.length).toBeGreaterThan(0)
  })

  it('takes an equal object for its own after its position was lost, and another one for a conflict', async () => {
    const log = await openLog()
    await log.append(batchOf('edge/w0', 1, 3))
    const first = follow(make(), log)
    await until(() => first.worked > 0 && s3.objects.size > 0)
    await first.copier.stop()
    rmSync(join(folder.path, 'position.json'))
    const second = follow(make(), log)
    await until(() => second.worked > 0)
    expect(second.failures).toEqual([])
    await second.copier.stop()
    rmSync(join(folder.path, 'position.json'))
    const key = `/evidence/${entriesKey('house/', 0, 3)}`
    const object = s3.objects.get(key)
    if (object === undefined) throw new Error('not there')
    s3.objects.set(key, { ...object, body: gzipSync('something else\n') })
    const third = follow(make(), log)
    await until(() => third.failures.length > 0)
    expect(third.failures[0]).toBeInstanceOf(CopyConflict)
  })
})

describe('a copy over syslog (RFC 5425)', () => {
  let authority: CertificateAuthority
  const servers: Server[] = []
  const sockets = new Set<TLSSocket>()
  beforeAll(async () => {
    authority = await createCertificateAuthority()
  })
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    for (const server of servers) server.close()
  })

  async function startSyslog(
    names = ['localhost', '127.0.0.1'],
  ): Promise<{ port: number; text: () => string }> {
    const { certificate: cert, key } = await authority.issue({ names })
    let text = ''
    const server = createServer({ cert, key }, (socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
    })
    servers.push(server)
    server.on('tlsClientError', () => undefined)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { port: (server.address() as AddressInfo).port, text: () => text }
  }

  /** Splits octet-counted frames. */
  function messages(text: string): string[] {
    const found: string[] = []
    let rest = Buffer.from(text)
    while (rest.length > 0) {
      const blank = rest.indexOf(' ')
      const length = Number(rest.toString('latin1', 0, blank))
      found.push(rest.toString('utf8', blank + 1, blank + 1 + length))
      rest = rest.subarray(blank + 1 + length)
    }
    return found
  }

  it('gets every entry byte for byte, with its number', async () => {
    const { port, text } = await startSyslog()
    const log = await openLog()
    await log.append(batchOf('edge/w0', 1, 12))
    const target = createSyslogCopy('syslog', { host: '127.0.0.1', port, ca: authority.certificate })
    follow(target, log)
    await until(() => messages(text()).length === 12)
    const lines = await linesOf()
    messages(text()).forEach((message, index) => {
      expect(message).toMatch(/^<110>1 \S+ \S+ sevenfold - ledger \[ledger@32473 entry="\d+"\] /)
      expect(message).toContain(`entry="${index}"`)
      expect(message.slice(message.indexOf('] ') + 2)).toBe(lines[index])
    })
  })

  it('sends the last batch again after the connection broke', async () => {
    const { port, text } = await startSyslog()
    const log = await openLog()
    await log.append(batchOf('edge/w0', 1, 2))
    const target = createSyslogCopy('syslog', { host: '127.0.0.1', port, ca: authority.certificate })
    const followed = follow(target, log)
    await until(() => messages(text()).length === 2)
    for (const socket of sockets) socket.destroy()
    await log.append(batchOf('edge/w0', 3, 2))
    await until(() => new Set(messages(text())).size === 4)
    expect(followed.failures.length).toBeLessThanOrEqual(1)
  })

  it('gets nothing when it cannot show a certificate of the named authority', async () => {
    const { port, text } = await startSyslog(['other.example'])
    const log = await openLog()
    await log.append(batchOf('edge/w0', 1, 2))
    for (const ca of [authority.certificate, (await createCertificateAuthority()).certificate]) {
      const followed = follow(createSyslogCopy('syslog', { host: '127.0.0.1', port, ca }), log)
      await until(() => followed.failures.length > 0)
      await followed.copier.stop()
    }
    expect(text()).toBe('')
  })
})

describe('syslogFrame', () => {
  it('counts bytes, not characters, and takes the time of the event', () => {
    const frame = syslogFrame(7, '{"@timestamp":"2026-01-02T03:04:05.678Z","message":"é"}')
    const [length = '', ...rest] = frame.split(' ')
    expect(Number(length)).toBe(Buffer.byteLength(rest.join(' ')))
    expect(frame).toContain('<110>1 2026-01-02T03:04:05.678Z ')
    expect(syslogFrame(7, '{}')).toContain('<110>1 - ')
  })
})

it('the position is a small file that names where the copy stands', async () => {
  const log = await openLog()
  await log.append(batchOf('edge/w0', 1, 4))
  const followed = follow(keeper(), log)
  await until(() => followed.worked > 0)
  await followed.copier.stop()
  expect(JSON.parse(readFileSync(join(folder.path, 'position.json'), 'utf8'))).toMatchObject({
    v: 1,
    index: 4,
  })
})
