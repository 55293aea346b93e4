import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadOrCreateKeys, localAgent, registerAgent, startLayer, startPart } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { ledgerLayer, tailLedger, verifyLedger } from '@sevenfold/ledger'
import { createMemoryLog, createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'

let folder: TemporaryFolder
const closing: (() => Promise<void>)[] = []

beforeEach(() => {
  folder = createTemporaryFolder()
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
  folder.remove()
})

const config = {
  v: 1,
  spoolBytes: 8_388_608,
  origin: 'example.org/ledger',
  segmentSizeBytes: 65_536,
  checkpointIntervalMs: 100,
  segmentsBytes: 1_000_000_000,
}

async function startLedger(change: object = {}): Promise<{ stop: () => Promise<void> }> {
  const dataDir = folder.path
  mkdirSync(join(dataDir, 'ledger'), { recursive: true, mode: 0o700 })
  writeFileSync(join(dataDir, 'ledger', 'config.json'), JSON.stringify({ ...config, ...change }))
  const started = await startLayer(ledgerLayer, { dataDir, log: createMemoryLog() })
  closing.push(() => started.stop())
  return started
}

async function startEdge(register = true): Promise<PartContext<object>> {
  const dataDir = folder.path
  const keys = loadOrCreateKeys(join(dataDir, 'edge', 'keys'))
  if (register) registerAgent(join(dataDir, 'ledger', 'agents.json'), localAgent('edge', keys.publicKey))
  const edge = await startPart<object>({
    part: 'edge',
    dataDir,
    config: {},
    control: false,
    slot: 'w0',
    receivers: [{ name: 'ledger', socketPath: join(dataDir, 'ledger', 'ingest.sock') }],
    log: createMemoryLog(),
  })
  closing.push(() => edge.stop())
  return edge
}

async function shipped(edge: PartContext<object>): Promise<void> {
  await edge.spool.flush()
  const deadline = performance.now() + 20_000
  while (edge.spool.reader('ledger').backlog() > 0) {
    if (performance.now() > deadline) throw new Error('the spool does not empty')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function messages(): Promise<string[]> {
  const found: string[] = []
  for await (const { line } of tailLedger(join(folder.path, 'ledger'))) {
    const { message } = JSON.parse(line) as { message?: string }
    if (message !== undefined) found.push(message)
  }
  return found
}

describe('the ledger as it runs', () => {
  it('takes events of registered writers, signs them within its interval, and keeps their exact bytes', async () => {
    await startLedger()
    const edge = await startEdge()
    for (let i = 0; i < 50; i += 1) edge.emit(edge.events.notice(`test-${i}`, `number ${i} <é>`))
    await shipped(edge)
    expect((await messages()).filter((text) => text.startsWith('number'))).toHaveLength(50)
    const deadline = performance.now() + 10_000
    let report = await verifyLedger(join(folder.path, 'ledger'))
    while (report.signedSize < report.entries && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      report = await verifyLedger(join(folder.path, 'ledger'))
    }
    expect(report).toMatchObject({ ok: true, origin: 'example.org/ledger' })
    expect(report.signedSize).toBeGreaterThanOrEqual(50)
  })

  it('takes what waited while it was down, once', async () => {
    const first = await startLedger()
    const edge = await startEdge()
    edge.emit(edge.events.notice('test', 'before'))
    await shipped(edge)
    await first.stop()
    for (let i = 0; i < 20; i += 1) edge.emit(edge.events.notice(`test-${i}`, `while down ${i}`))
    await edge.spool.flush()
    await startLedger()
    await shipped(edge)
    const texts = (await messages()).filter((text) => text.startsWith('while down') || text === 'before')
    expect(texts).toHaveLength(21)
    expect(new Set(texts).size).toBe(21)
  })

  it('stores closed segments as gzip once they have settled, and takes that for no loss', async () => {
    await startLedger({ gzipAfterMs: 1, segmentSizeBytes: 4000 })
    const edge = await startEdge()
    const packed = (): number =>
      readdirSync(join(folder.path, 'ledger', 'segments')).filter((name) => name.endsWith('.gz')).length
    const deadline = performance.now() + 60_000
    let sent = 0
    while (packed() < 5 && performance.now() < deadline) {
      for (let i = 0; i < 20; i += 1) edge.emit(edge.events.notice(`test-${sent}`, `packed ${(sent += 1)}`))
      await shipped(edge)
    }
    expect(packed()).toBeGreaterThanOrEqual(5)
    const found = await messages()
    expect(found.filter((text) => text.startsWith('packed '))).toHaveLength(sent)
    expect(found.filter((text) => text.includes('without retention'))).toEqual([])
    expect(await verifyLedger(join(folder.path, 'ledger'))).toMatchObject({ ok: true })
  })

  it('takes nothing from a stranger, and keeps that somebody tried', async () => {
    await startLedger()
    registerAgent(
      join(folder.path, 'ledger', 'agents.json'),
      localAgent('ledger', loadOrCreateKeys(join(folder.path, 'ledger', 'keys')).publicKey),
    )
    const stranger = await startEdge(false)
    stranger.emit(stranger.events.notice('test', 'from a stranger'))
    await stranger.spool.flush()
    const deadline = performance.now() + 15_000
    let found: string[] = []
    while (!found.some((text) => text.includes('batch with key')) && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      found = await messages()
    }
    expect(found.join('\n')).toContain('batch with key')
    expect(found).not.toContain('from a stranger')
  })

  it('does not start on a log that was rolled back, and says what to do', async () => {
    const first = await startLedger()
    const edge = await startEdge()
    for (let i = 0; i < 20; i += 1) edge.emit(edge.events.notice(`test-${i}`, `number ${i}`))
    await shipped(edge)
    await first.stop()
    const segment = join(folder.path, 'ledger', 'segments', '00000000000000000000.ndjson')
    writeFileSync(segment, readFileSync(segment).subarray(0, 2000))
    await expect(startLedger()).rejects.toMatchObject({
      code: 'LAYER_DATA_UNUSABLE',
      message: expect.stringContaining('LEDGER_ROLLED_BACK'),
      hint: expect.stringContaining('sevenfold ledger verify'),
    })
  })

  it.each([
    ['no version', { v: 2 }],
    ['no origin', { origin: 7 }],
    ['no interval', { checkpointIntervalMs: 'often' }],
  ])('refuses a configuration with %s', async (_name, change) => {
    await expect(startLedger(change)).rejects.toThrow(/configuration|config/u)
  })
})
