import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ledgerLayer, proveEntry } from '@sevenfold/ledger'
import { loadOrCreateKeys, localAgent, registerAgent, startLayer } from '@sevenfold/layer'
import {
  cosignedAt,
  decodeCosignerKey,
  decodeTlogProof,
  decodeVerifierKey,
  encodeVerifierKey,
  leafHash,
  maxAddCheckpointBytes,
  noteKey,
  parseNote,
  verifyTlogProof,
} from '@sevenfold/merkle'
import { createMemoryLog, createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { Cosigner } from '../src/witness/cosigner.ts'
import { createWitness, createWitnessServer } from '../src/witness/witness-server.ts'
import type { Witness } from '../src/witness/witness-server.ts'
import { openWitnessStore } from '../src/witness/witness-store.ts'
import { openLedgerLog } from '../src/log/ledger-log.ts'
import type { LedgerLog } from '../src/log/ledger-log.ts'
import { TileStore } from '../src/log/tile-store.ts'
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

const origin = 'example.org/ledger'
const signer = createSigner()
const logKey = noteKey(origin, signer.publicKey)

async function openLog(name: string, by = signer): Promise<LedgerLog> {
  const log = await openLedgerLog({
    folder: join(folder.path, name),
    origin,
    signer: by,
    segmentBytes: 100_000,
    retainBytes: 1e9,
  })
  closing.push(() => log.close())
  return log
}

async function grow(log: LedgerLog, first: number, count: number): Promise<string> {
  await log.append(batchOf('edge/w0', first, count))
  await log.checkpoint()
  return log.signedNote
}

function makeWitness(name = 'w1', reports: string[] = []): Witness {
  return createWitness({
    name: `example.org/${name}`,
    signer: loadOrCreateKeys(join(folder.path, `${name}-key`)),
    logs: [encodeVerifierKey(logKey)],
    store: openWitnessStore(join(folder.path, name)),
    now: () => 5_000_000,
    onMisbehaviour: (why) => reports.push(why),
  })
}

function cosignerOf(witness: Witness, name: string): Cosigner {
  const tiles = new TileStore(join(folder.path, name))
  const key = `${witness.key.name}+${witness.key.keyId}+${Buffer.concat([Uint8Array.of(4), witness.key.publicKey]).toString('base64')}`
  return new Cosigner({
    witnesses: [{ url: 'http://witness/', key }],
    tiles: (tile) => tiles.read(tile),
    post: (url, body) => {
      expect(url).toBe('http://witness/add-checkpoint')
      const { status, body: text } = witness.answer(body)
      return Promise.resolve({ status, text })
    },
  })
}

describe('a log and its witness', () => {
  it('agree on every checkpoint as the log grows, also after either forgot where they stood', async () => {
    const log = await openLog('log')
    const witness = makeWitness()
    const cosigner = cosignerOf(witness, 'log')
    for (const [first, count] of [
      [1, 10],
      [11, 300],
      [311, 5],
    ] as const) {
      const { note, cosigners, failures } = await cosigner.round(await grow(log, first, count))
      expect([cosigners, [...failures.values()]]).toEqual([['example.org/w1'], []])
      expect(cosignedAt(parseNote(note), witness.key)).toBe(5000)
    }
    // A new process of the log has not heard of the witness's record; the witness starts anew from its disk.
    const restarted = cosignerOf(makeWitness(), 'log')
    expect((await restarted.round(await grow(log, 316, 7))).cosigners).toEqual(['example.org/w1'])
  })

  it('a log that was rolled back gets no cosignature, and is told why', async () => {
    const witness = makeWitness()
    await cosignerOf(witness, 'log').round(await grow(await openLog('log'), 1, 50))
    const { cosigners, failures } = await cosignerOf(witness, 'second').round(
      await grow(await openLog('second'), 1, 20),
    )
    expect(cosigners).toEqual([])
    expect([...failures.values()][0]).toContain('rolled back')
  })

  it('a fork under the same key gets none either, and the witness reports it', async () => {
    const reports: string[] = []
    const witness = makeWitness('w1', reports)
    await cosignerOf(witness, 'log').round(await grow(await openLog('log'), 1, 50))
    const fork = await openLog('fork')
    await fork.append(batchOf('edge/w1', 1, 60))
    await fork.checkpoint()
    const { cosigners, failures } = await cosignerOf(witness, 'fork').round(fork.signedNote)
    expect(cosigners).toEqual([])
    expect([...failures.values()][0]).toContain('422')
    expect(reports).toHaveLength(1)
  })

  it('a witness that lies is not believed', async () => {
    const log = await openLog('log')
    const witness = makeWitness()
    const note = await grow(log, 1, 3)
    const other = makeWitness('w2')
    const key = `${witness.key.name}+${witness.key.keyId}+${Buffer.concat([Uint8Array.of(4), witness.key.publicKey]).toString('base64')}`
    const answers = [other.answer(`old 0\n\n${note}`).body, '', '— example.org/w1 AAAA\n', 'x'.repeat(1000)]
    for (const text of answers) {
      const liar = new Cosigner({
        witnesses: [{ url: 'http://w', key }],
        tiles: () => undefined,
        post: () => Promise.resolve({ status: 200, text }),
      })
      const round = await liar.round(note)
      expect(round).toMatchObject({ cosigners: [], note })
      expect(round.failures.size).toBe(1)
    }
  })

  it('a damaged record stops the witness instead of making it forget', async () => {
    const note = await grow(await openLog('log'), 1, 3)
    makeWitness().answer(`old 0\n\n${note}`)
    const records = join(folder.path, 'w1')
    const [file = ''] = (await import('node:fs')).readdirSync(records)
    writeFileSync(join(records, file), '{"v":1')
    expect(() => makeWitness().answer(`old 0\n\n${note}`)).toThrow('is damaged')
  })
})

describe('the witness over HTTP', () => {
  async function listen(): Promise<{ port: number; errors: unknown[] }> {
    const errors: unknown[] = []
    const server = createWitnessServer(makeWitness(), (error) => errors.push(error))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => new Promise((resolve) => server.close(resolve)))
    const address = server.address()
    return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, errors }
  }

  function ask(
    port: number,
    body: string,
    path = '/add-checkpoint',
    method = 'POST',
  ): Promise<{ status: number; type: string; text: string }> {
    return new Promise((resolve, reject) => {
      const sent = request({ port, host: '127.0.0.1', path, method, agent: false }, (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => (text += chunk))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, type: answer.headers['content-type'] ?? '', text }),
        )
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  it('answers as C2SP tlog-witness says', async () => {
    const { port } = await listen()
    const log = await openLog('log')
    const first = await grow(log, 1, 3)
    expect(await ask(port, `old 0\n\n${first}`)).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^— example\.org\/w1 [A-Za-z\d+/]+=*\n$/u),
    })
    const second = await grow(log, 4, 3)
    expect(await ask(port, `old 0\n\n${second}`)).toEqual({
      status: 409,
      type: 'text/x.tlog.size',
      text: '3\n',
    })
    expect((await ask(port, 'nonsense')).status).toBe(400)
    expect((await ask(port, '', '/')).status).toBe(404)
    expect((await ask(port, '', '/add-checkpoint', 'GET')).status).toBe(405)
  })

  it('refuses a body beyond its limit', async () => {
    const { port } = await listen()
    expect((await ask(port, `old 0\n\n${'x'.repeat(maxAddCheckpointBytes - 10)}`)).status).toBe(400)
    await expect(ask(port, 'x'.repeat(maxAddCheckpointBytes + 1)).then(({ status }) => status)).resolves.toBe(
      413,
    )
  })
})

describe('two ledgers that witness each other', () => {
  const compiled = {
    v: 1,
    spoolBytes: 8_388_608,
    segmentSizeBytes: 65_536,
    checkpointIntervalMs: 50,
    segmentsBytes: 1e9,
  }

  async function start(name: string, config: object): Promise<void> {
    const dataDir = join(folder.path, name)
    mkdirSync(join(dataDir, 'ledger'), { recursive: true, mode: 0o700 })
    writeFileSync(
      join(dataDir, 'ledger', 'config.json'),
      JSON.stringify({ ...compiled, origin: `example.org/${name}`, ...config }),
    )
    const started = await startLayer(ledgerLayer, { dataDir, log: createMemoryLog() })
    closing.push(() => started.stop())
  }

  async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
    const deadline = performance.now() + 20_000
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (performance.now() > deadline) throw new Error('it did not happen in time')
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  }

  it('give receipts that verify without either of them', async () => {
    const a = join(folder.path, 'a', 'ledger')
    const b = join(folder.path, 'b', 'ledger')
    // The key of the first log is known before it starts, as an administrator would copy it.
    mkdirSync(a, { recursive: true, mode: 0o700 })
    const aKey = encodeVerifierKey(noteKey('example.org/a', loadOrCreateKeys(join(a, 'log-key')).publicKey))
    // Its own events are what it writes down.
    const own = loadOrCreateKeys(join(a, 'keys')).publicKey
    registerAgent(join(a, 'agents.json'), localAgent('ledger', own))
    const port = await freePort()
    await start('b', {
      witnessing: { listen: { host: '127.0.0.1', port }, name: 'example.org/b-witness', logs: [aKey] },
    })
    const witnessKey = readFileSync(join(b, 'witness.vkey'), 'utf8').trim()
    await start('a', {
      witnesses: [{ url: `http://127.0.0.1:${port}`, key: witnessKey }],
      witnessIntervalMs: 50,
    })
    await until(() => (existsSync(join(a, 'checkpoint.cosigned')) ? true : undefined))
    const proven = await until(async () => {
      const found = await proveEntry(a, { index: 0 }).catch(() => undefined)
      return found?.proof.includes('b-witness') === true ? found : undefined
    })
    const policy = { log: decodeVerifierKey(aKey), witnesses: [decodeCosignerKey(witnessKey)], quorum: 1 }
    const verified = verifyTlogProof(
      decodeTlogProof(proven.proof),
      leafHash(Buffer.from(proven.line)),
      policy,
    )
    expect(verified).toMatchObject({ index: 0 })
    expect([...(verified?.witnesses.keys() ?? [])]).toEqual(['example.org/b-witness'])
    await expect(proveEntry(a, { index: 1_000_000 })).rejects.toMatchObject({ code: 'LEDGER_NO_ENTRY' })
  })
})

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}
