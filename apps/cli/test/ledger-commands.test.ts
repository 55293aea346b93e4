import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEventBuilder, createRedactor, encodeLine, sealDraft, uuidV7 } from '@sevenfold/event'
import type { BlockFacts, EventDraft } from '@sevenfold/event'
import { loadOrCreateKeys } from '@sevenfold/layer'
import { openLedgerLog } from '@sevenfold/ledger'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from './call.ts'

let folder: string
let ledger: string
let now = 0
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-cli-'))
  ledger = join(folder, '.sevenfold', 'ledger')
  now = Date.now()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const builder = createEventBuilder({
  layer: 'edge',
  now: () => now,
  newId: uuidV7,
  redactor: createRedactor(new Uint8Array(32)),
})
const id = '0197a2b4-1c2d-7e3f-8a9b-0c1d2e3f4a5b'
const blocked: BlockFacts = {
  requestId: id,
  site: 'shop',
  clientAddress: '192.0.2.7',
  method: 'GET',
  path: '/search',
  query: 'q=tea',
  httpVersion: '1.1',
  status: 403,
  judgement: { step: 'waf', verdict: 'block', rules: ['942100'], score: 5, matched: '\u001b[2J OR 1=1' },
  trace: [
    { step: 'ban', verdict: 'pass' },
    { step: 'waf', verdict: 'block', detail: '942100' },
  ],
}

const line = (draft: EventDraft, sequence: number): string =>
  encodeLine(sealDraft(draft, { id: 'edge/w0', ephemeral_id: 'e1', type: 'sevenfold' }, sequence))

/** Writes drafts as the only segment. */
function record(...drafts: EventDraft[]): void {
  mkdirSync(join(ledger, 'segments'), { recursive: true })
  const text = drafts.map((draft, index) => `${line(draft, index + 1)}\n`).join('')
  writeFileSync(join(ledger, 'segments', `${'0'.repeat(20)}.ndjson`), text)
}

describe('why', () => {
  it('shows what was judged, by which step, and every step of the request', async () => {
    record(builder.access({ ...blocked, requestId: 'other', status: 200 }), builder.block(blocked))
    const { stdout, code } = await call(['why', id], folder)
    expect(code).toBe(0)
    expect(stdout).toContain(
      'edge block, answered 403\nrequest GET /search?q=tea\nfrom    192.0.2.7  site shop  agent edge/w0\n',
    )
    expect(stdout).toContain('judged  block by waf\nrules   942100\nscore   5\n')
    expect(stdout).toContain('STEP  VERDICT  DETAIL\nban   pass\nwaf   block    942100\n')
    expect(stdout).not.toContain('\u001b')
  })

  it('gives the events as JSON', async () => {
    record(builder.block(blocked))
    const { stdout } = await call(['why', id, '--json'], folder)
    expect(JSON.parse(stdout)).toMatchObject({ id, events: [{ http: { request: { id } } }] })
  })

  it('does not take an id in the text of a request for its own', async () => {
    record(builder.access({ ...blocked, requestId: 'other', path: `/${id}`, status: 200 }))
    expect(await call(['why', id], folder)).toMatchObject({ code: 1, stdout: '' })
  })
})

describe('events', () => {
  it('are filtered by kind, source, site and age, the newest last and not more than asked for', async () => {
    const old = builder.block({ ...blocked, requestId: 'old' })
    const drafts = [
      { ...old, '@timestamp': new Date(now - 3_600_000).toISOString() },
      builder.access({ ...blocked, status: 200 }),
    ]
    record(
      ...drafts,
      builder.block({ ...blocked, requestId: 'first' }),
      builder.block({ ...blocked, clientAddress: '192.0.2.8', requestId: 'second' }),
    )
    const ids = async (...args: string[]): Promise<string[]> =>
      (await call(['events', '--json', ...args], folder)).stdout
        .trim()
        .split('\n')
        .map((text) => (JSON.parse(text) as { http: { request: { id: string } } }).http.request.id)
    expect(await ids('--kind', 'block')).toEqual(['old', 'first', 'second'])
    expect(await ids('--kind', 'block', '--since', '10m')).toEqual(['first', 'second'])
    expect(await ids('--source', '192.0.2.8')).toEqual(['second'])
    expect(await ids('--kind', 'block', '--limit', '1')).toEqual(['second'])
    expect(await ids('--kind', 'access')).toEqual([id])
  })

  it('are printed as one harmless line each', async () => {
    record(builder.block({ ...blocked, path: '/\u001b[2J' }))
    expect((await call(['events'], folder)).stdout).toMatch(
      /^\d\d:\d\d:\d\d edge {6}block .*\[waf 942100\] {2}id \S+\n$/,
    )
  })

  it('pass over lines that are no events', async () => {
    record(builder.block(blocked))
    const [file = ''] = readdirSync(join(ledger, 'segments'))
    const path = join(ledger, 'segments', file)
    writeFileSync(path, `not json\n[]\n${readFileSync(path, 'utf8')}`)
    expect((await call(['events'], folder)).stdout.trim().split('\n')).toHaveLength(1)
  })
})

describe('ledger', () => {
  async function write(): Promise<void> {
    mkdirSync(ledger, { recursive: true })
    const log = await openLedgerLog({
      folder: ledger,
      origin: 'test.example/ledger',
      signer: loadOrCreateKeys(join(folder, 'keys')),
      segmentBytes: 1_000_000,
      retainBytes: 10_000_000,
    })
    const lines = [1, 2, 3].map(
      (sequence) => `${line(builder.block({ ...blocked, requestId: `r${sequence}` }), sequence)}\n`,
    )
    await log.append({
      agent: 'edge/w0',
      epoch: 'e1',
      lane: 'high',
      first: 1,
      lines: 3,
      hash: '',
      body: Buffer.from(lines.join('')),
    })
    await log.checkpoint()
    await log.close()
  }

  it('verify is content with what was written', async () => {
    await write()
    expect(await call(['ledger', 'verify'], folder)).toEqual({
      stdout: 'fine: 3 entries, 3 of them signed, log test.example/ledger\n',
      stderr: '',
      code: 0,
    })
  })

  it('verify finds an edit, and says so with its exit code', async () => {
    await write()
    const [file = ''] = readdirSync(join(ledger, 'segments'))
    const path = join(ledger, 'segments', file)
    writeFileSync(path, readFileSync(path, 'utf8').replace('192.0.2.7', '192.0.2.9'))
    const { stdout, code } = await call(['ledger', 'verify'], folder)
    expect(code).toBe(1)
    expect(stdout).toContain('entry-changed')
  })

  it('verify finds a rolled back log by a checkpoint kept elsewhere', async () => {
    await write()
    const note = readFileSync(join(ledger, 'checkpoint'), 'utf8')
    writeFileSync(join(folder, 'seen.note'), note)
    rmSync(join(ledger, 'segments'), { recursive: true })
    mkdirSync(join(ledger, 'segments'))
    expect(await call(['ledger', 'verify', '--seen', 'seen.note', '--json'], folder)).toMatchObject({
      code: 1,
    })
  })

  it('verify checks the copies of other ledgers that are kept here, all or one', async () => {
    await write()
    cpSync(ledger, join(folder, 'copy'), { recursive: true })
    cpSync(join(folder, 'copy'), join(ledger, 'mirrors', 'site-a'), { recursive: true })
    expect(await call(['ledger', 'verify'], folder)).toEqual({
      stdout:
        'fine: 3 entries, 3 of them signed, log test.example/ledger\n' +
        'copy of site-a: fine: 3 entries, 3 of them signed, log test.example/ledger\n',
      stderr: '',
      code: 0,
    })
    const segments = join(ledger, 'mirrors', 'site-a', 'segments')
    const path = join(segments, readdirSync(segments)[0] ?? '')
    writeFileSync(path, readFileSync(path, 'utf8').replace('192.0.2.7', '192.0.2.9'))
    const all = await call(['ledger', 'verify', '--json'], folder)
    expect(all.code).toBe(1)
    expect(JSON.parse(all.stdout)).toMatchObject({ ok: true, copies: [{ host: 'site-a', ok: false }] })
    const one = await call(['ledger', 'verify', '--copy', 'site-a'], folder)
    expect(one.code).toBe(1)
    expect(one.stdout).toContain('copy of site-a: entry-changed')
    expect(await call(['ledger', 'verify', '--copy', 'site-b'], folder)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('no copy of site-b is kept here'),
    })
  })

  it('tail prints the newest with their numbers, export every line as it is', async () => {
    await write()
    const [file = ''] = readdirSync(join(ledger, 'segments'))
    const text = readFileSync(join(ledger, 'segments', file), 'utf8')
    expect((await call(['ledger', 'tail', '--last', '1'], folder)).stdout).toMatch(/^2 \{"/)
    const tail = JSON.parse((await call(['ledger', 'tail', '--last', '1', '--json'], folder)).stdout) as {
      line: string
    }
    expect(text.endsWith(`${tail.line}\n`)).toBe(true)
    expect((await call(['ledger', 'export'], folder)).stdout).toBe(text)
  })
})
