import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { chainNext, chainSeed, decodeEvent, maxLineBytes } from '@sevenfold/event'
import type { Lane, SevenfoldEvent } from '@sevenfold/event'
import { createFakeClock } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { maxPendingCharacters } from '../src/spool/lane-writer.ts'
import { scanSegment } from '../src/spool/segment-files.ts'
import type { SpoolBatch, SpoolReader } from '../src/index.ts'
import { accessDraft, blockDraft, createBench, edgeEvents, openTestSpool } from './harness.ts'
import type { Bench, TestSpool } from './harness.ts'

let bench: Bench
beforeEach(() => void (bench = createBench()))
afterEach(() => bench.close())

function linesOf(batch: SpoolBatch): SevenfoldEvent[] {
  return Buffer.from(batch.body)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => {
      const decoded = decodeEvent(line)
      if (!decoded.ok) throw new Error(`${decoded.code} ${decoded.path}`)
      return decoded.value
    })
}

/** Reads and acknowledges everything. */
async function drain(reader: SpoolReader, maxBytes = 1_000_000): Promise<SpoolBatch[]> {
  const batches: SpoolBatch[] = []
  for (let batch = await reader.next(maxBytes); batch !== undefined; batch = await reader.next(maxBytes)) {
    batches.push(batch)
    reader.acknowledge(batch, batch.last)
  }
  return batches
}

async function drainEvents(target: TestSpool, receiver = 'ledger'): Promise<SevenfoldEvent[]> {
  return (await drain(target.spool.reader(receiver))).flatMap(linesOf)
}

function segmentsIn(folder: string, lane: Lane): string[] {
  const root = join(folder, 'spool')
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.includes(`/${lane}/`) && path.endsWith('.seg'))
    .toSorted()
    .map((path) => join(root, path))
}

function lastSegment(folder: string, lane: Lane): string {
  const path = segmentsIn(folder, lane).at(-1)
  if (path === undefined) throw new Error('there is no segment')
  return path
}

async function open(options: Parameters<typeof openTestSpool>[1] = {}): Promise<TestSpool> {
  const target = await openTestSpool(bench.folder, options)
  bench.later(() => target.spool.close())
  return target
}

describe('a new spool', () => {
  it('begins its epoch with an epoch event in the high lane', async () => {
    const target = await open()
    const [first] = await drainEvents(target)
    expect(first?.sevenfold).toMatchObject({ kind: 'epoch', lane: 'high', epoch: { reason: 'created' } })
    expect(first?.event.sequence).toBe(1)
    expect(first?.agent).toEqual({ id: 'edge/main', ephemeral_id: target.spool.epoch })
  })

  it('names the epoch before it when its folder was wiped', async () => {
    const target = await open({ previousEpoch: 'epoch-before' })
    const [first] = await drainEvents(target)
    expect(first?.sevenfold.epoch).toEqual({ reason: 'created', previous: 'epoch-before' })
  })

  it('keeps its folders and files to its owner', async () => {
    await open()
    expect(statSync(join(bench.folder, 'spool')).mode & 0o777).toBe(0o700)
    expect(statSync(lastSegment(bench.folder, 'high')).mode & 0o777).toBe(0o600)
  })
})

describe('appending', () => {
  it('gives each lane its own sequence from 1', async () => {
    const target = await open()
    for (let n = 0; n < 3; n += 1) target.spool.append(accessDraft(n))
    target.spool.append(edgeEvents().notice('a', 'b'))
    await target.spool.flush()
    expect(target.spool.heads().high.sequence).toBe(2)
    expect(target.spool.heads().low.sequence).toBe(3)
    const events = await drainEvents(target)
    expect(events.map((event) => `${event.sevenfold.lane} ${event.event.sequence}`)).toEqual([
      'high 1',
      'high 2',
      'low 1',
      'low 2',
      'low 3',
    ])
  })

  it('writes a block within 200 ms without being asked', async () => {
    const clock = createFakeClock(Date.now())
    const target = await open({ clock })
    target.spool.append(accessDraft(1))
    clock.advance(199)
    expect(target.spool.heads().low.sequence).toBe(0)
    const written = new Promise<void>((resolve) => target.spool.reader('ledger').onData(resolve))
    clock.advance(1)
    await written
    expect(target.spool.heads().low.sequence).toBe(1)
  })

  it('chains its blocks: the head is the hash over all of them', async () => {
    const target = await open()
    for (let block = 0; block < 3; block += 1) {
      target.spool.append(accessDraft(block))
      target.spool.append(accessDraft(block))
      await target.spool.flush()
    }
    const batches = await drain(target.spool.reader('ledger'))
    let chain = chainSeed('edge/main', target.spool.epoch, 'low')
    for (const batch of batches.filter(({ lane }) => lane === 'low')) {
      expect(batch.previous).toBe(Buffer.from(chain).toString('hex'))
      let at = 0
      for (const lines of batch.blocks) {
        let end = at
        for (let i = 0; i < lines; i += 1) end = batch.body.indexOf(0x0a, end) + 1
        chain = chainNext(chain, batch.body.subarray(at, end))
        at = end
      }
    }
    expect(target.spool.heads().low).toEqual({ sequence: 6, hash: Buffer.from(chain).toString('hex') })
  })

  it('takes lines that the caller builds, with the agent and the sequence', async () => {
    const target = await open()
    const draft = accessDraft(1)
    target.spool.appendLine('low', (sequence, agent, lane) => {
      expect(JSON.parse(agent)).toEqual({ id: 'edge/main', ephemeral_id: target.spool.epoch })
      const { event, sevenfold } = draft
      const sealed = { ...draft, agent: JSON.parse(agent) as unknown, event: { ...event, sequence } }
      return JSON.stringify({ ...sealed, sevenfold: { ...sevenfold, lane } })
    })
    await target.spool.flush()
    const events = await drainEvents(target)
    expect(events.at(-1)?.url?.path).toBe('/item/1')
  })

  it.each([
    ['two lines', 'one\ntwo'],
    ['nothing', ''],
    ['a line one byte too long', 'x'.repeat(maxLineBytes + 1)],
    ['a line too long in bytes only', 'é'.repeat(maxLineBytes / 2 + 1)],
  ])('refuses %s and uses no sequence for it', async (_name, text) => {
    const target = await open()
    target.spool.appendLine('low', () => text)
    target.spool.append(accessDraft(1))
    await target.spool.flush()
    expect(target.spool.heads().low.sequence).toBe(1)
    expect(target.metrics.counters()['sevenfold_spool_refused_total']).toBe(1)
  })

  it('takes a line of exactly the longest length', async () => {
    const target = await open()
    target.spool.appendLine('low', () => 'x'.repeat(maxLineBytes))
    await target.spool.flush()
    expect(target.spool.heads().low.sequence).toBe(1)
  })

  it('never throws into its caller, whatever the draft is', async () => {
    const target = await open()
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    const drafts = [
      undefined,
      null,
      7,
      {},
      { sevenfold: { lane: 'low' } },
      { ...accessDraft(1), message: 1n },
      { ...accessDraft(1), circular },
    ]
    for (const draft of drafts) expect(() => target.spool.append(draft as never)).not.toThrow()
    expect(() =>
      target.spool.appendLine('low', () => {
        throw new Error('a bug of the caller')
      }),
    ).not.toThrow()
    target.spool.append(accessDraft(1))
    await target.spool.flush()
    expect(target.spool.heads().low.sequence).toBeGreaterThanOrEqual(1)
  })

  it('counts and drops what comes after it was closed', async () => {
    const target = await open()
    await target.spool.close()
    target.spool.append(accessDraft(1))
    target.spool.appendLine('low', () => 'x')
    expect(target.metrics.counters()['sevenfold_spool_refused_total']).toBe(2)
  })
})

describe('a spool opened again', () => {
  it('goes on in its epoch where it ended', async () => {
    const first = await openTestSpool(bench.folder)
    first.spool.append(accessDraft(1))
    await first.spool.close()
    const second = await open()
    expect(second.spool.epoch).toBe(first.spool.epoch)
    second.spool.append(accessDraft(2))
    await second.spool.flush()
    const events = await drainEvents(second)
    expect(
      events.filter(({ sevenfold }) => sevenfold.lane === 'low').map(({ event }) => event.sequence),
    ).toEqual([1, 2])
    expect(events.filter(({ sevenfold }) => sevenfold.kind === 'epoch')).toHaveLength(1)
  })

  it('cuts off a torn block at every byte, and loses nothing that was durable', async () => {
    const first = await openTestSpool(bench.folder)
    first.spool.append(accessDraft(1))
    await first.spool.flush()
    const path = lastSegment(bench.folder, 'low')
    const durable = statSync(path).size
    first.spool.append(accessDraft(2))
    await first.spool.close()
    const whole = readFileSync(path)
    const { epoch } = first.spool
    for (
      let cut = durable;
      cut <= whole.length;
      cut += Math.max(1, Math.floor((whole.length - durable) / 40))
    ) {
      writeFileSync(path, whole.subarray(0, cut))
      const again = await openTestSpool(bench.folder)
      const events = await drainEvents({ ...again, spool: again.spool })
      expect(again.spool.epoch).toBe(epoch)
      expect(events.filter(({ sevenfold }) => sevenfold.lane === 'low')).toHaveLength(
        cut === whole.length ? 2 : 1,
      )
      expect(statSync(path).size).toBe(cut === whole.length ? cut : durable)
      await again.spool.close()
      rmSync(join(bench.folder, 'spool', 'positions.json'), { force: true })
    }
  })

  it('cuts off a tail of zeroes, as a power cut leaves it', async () => {
    const first = await openTestSpool(bench.folder)
    first.spool.append(accessDraft(1))
    await first.spool.close()
    const path = lastSegment(bench.folder, 'low')
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(4096)]))
    const again = await open()
    expect(again.spool.epoch).toBe(first.spool.epoch)
    expect(again.spool.heads().low.sequence).toBe(1)
  })

  it('starts a new epoch and declares the loss when durable blocks are damaged', async () => {
    const first = await openTestSpool(bench.folder)
    for (let n = 1; n <= 4; n += 1) {
      first.spool.append(accessDraft(n))
      await first.spool.flush()
    }
    await first.spool.close()
    const path = lastSegment(bench.folder, 'low')
    const bytes = readFileSync(path)
    const at = bytes.indexOf('/item/2')
    bytes.write('/ITEM/2', at)
    writeFileSync(path, bytes)
    const again = await open()
    expect(again.spool.epoch).not.toBe(first.spool.epoch)
    await again.spool.flush()
    const events = await drainEvents(again)
    const epochEvent = events.find(
      ({ agent, sevenfold }) => sevenfold.kind === 'epoch' && agent.ephemeral_id === again.spool.epoch,
    )
    expect(epochEvent?.sevenfold.epoch).toEqual({ reason: 'tail-lost', previous: first.spool.epoch })
    const loss = events.find(({ sevenfold }) => sevenfold.kind === 'loss')
    expect(loss?.sevenfold.loss).toMatchObject({ lane: 'low', first: 2, last: 4, reason: 'corrupt-tail' })
    expect(events.filter(({ sevenfold }) => sevenfold.kind === 'access')).toHaveLength(1)
  })

  it('starts a new epoch when a receiver has acknowledged more than is there', async () => {
    const first = await openTestSpool(bench.folder)
    first.spool.append(accessDraft(1))
    await first.spool.flush()
    const path = lastSegment(bench.folder, 'low')
    const size = statSync(path).size
    first.spool.append(accessDraft(2))
    await first.spool.flush()
    await drainEvents(first)
    await first.spool.close()
    truncateSync(path, size)
    const again = await open()
    expect(again.spool.epoch).not.toBe(first.spool.epoch)
    expect(again.log.events()).toContain('spool-epoch')
  })

  it('keeps the events of epochs whose list was lost', async () => {
    const first = await openTestSpool(bench.folder)
    first.spool.append(accessDraft(1))
    await first.spool.close()
    rmSync(join(bench.folder, 'spool', 'spool.json'))
    const again = await open()
    const events = await drainEvents(again)
    expect(events.filter(({ sevenfold }) => sevenfold.kind === 'access')).toHaveLength(1)
    expect(again.spool.epoch).not.toBe(first.spool.epoch)
  })

  it('refuses a second process on its folder and says which one has it', async () => {
    await open()
    await expect(openTestSpool(bench.folder)).rejects.toMatchObject({
      code: 'LAYER_DATA_LOCKED',
      message: expect.stringContaining(String(process.pid)) as string,
    })
  })

  it('takes over the lock of a process that was killed', async () => {
    const first = await openTestSpool(bench.folder)
    const lock = join(bench.folder, 'spool', 'lock')
    const kept = readFileSync(lock, 'utf8')
    await first.spool.close()
    writeFileSync(lock, kept.replace(/"pid":\d+/, '"pid":4194303'))
    await expect(open()).resolves.toBeDefined()
  })
})

describe('readers', () => {
  it('have positions of their own, and what all have is removed', async () => {
    const target = await open({ receivers: ['ledger', 'detection'], budgetBytes: 1_048_576 })
    for (let n = 0; n < 600; n += 1) {
      target.spool.append(accessDraft(n))
      if (n % 50 === 49) await target.spool.flush()
    }
    const before = segmentsIn(bench.folder, 'low').length
    expect(before).toBeGreaterThan(3)
    const ledger = await drainEvents(target, 'ledger')
    expect(segmentsIn(bench.folder, 'low')).toHaveLength(before)
    const detection = await drainEvents(target, 'detection')
    expect(detection).toEqual(ledger)
    expect(segmentsIn(bench.folder, 'low')).toHaveLength(1)
    expect(target.spool.reader('ledger').backlog()).toBe(0)
  })

  it('give whole blocks up to the wanted bytes, and a larger block alone', async () => {
    const target = await open()
    for (let block = 0; block < 5; block += 1) {
      for (let n = 0; n < 10; n += 1) target.spool.append(accessDraft(n))
      await target.spool.flush()
    }
    const batches = (await drain(target.spool.reader('ledger'), 1)).filter(({ lane }) => lane === 'low')
    expect(batches.map(({ blocks }) => blocks)).toEqual([[10], [10], [10], [10], [10]])
    const size = batches[0]?.body.length ?? 0
    target.spool.reader('ledger').rewind({ epoch: target.spool.epoch, lane: 'low' }, 1)
    const two = await target.spool.reader('ledger').next(size * 2 + 200)
    expect(two?.blocks).toEqual([10, 10])
  })

  it('give both lanes their turn while new events keep coming in both', async () => {
    const target = await open()
    const reader = target.spool.reader('ledger')
    const lanes: Lane[] = []
    for (let n = 0; n < 6; n += 1) {
      target.spool.append(accessDraft(n))
      target.spool.append(edgeEvents().admin({ op: 'mode', actor: 'test' }, 'success'))
      await target.spool.flush()
      const batch = await reader.next(100)
      if (batch === undefined) break
      lanes.push(batch.lane)
      reader.acknowledge(batch, batch.last)
    }
    expect(lanes).toEqual(['high', 'low', 'high', 'low', 'high', 'low'])
  })

  it('go back to where a receiver wants to go on, also inside of a block', async () => {
    const target = await open()
    for (let n = 0; n < 4; n += 1) target.spool.append(accessDraft(n))
    await target.spool.flush()
    const reader = target.spool.reader('ledger')
    await drain(reader)
    const place = { epoch: target.spool.epoch, lane: 'low' as const }
    expect(reader.rewind(place, 3)).toBe('found')
    expect((await reader.next(1000))?.first).toBe(1)
    expect(reader.rewind(place, 5)).toBe('found')
    expect(await reader.next(1000)).toBeUndefined()
    expect(reader.rewind(place, 6)).toBe('ahead')
  })

  it('remember their positions over a restart', async () => {
    const first = await openTestSpool(bench.folder)
    first.spool.append(accessDraft(1))
    await first.spool.flush()
    await drainEvents(first)
    await first.spool.close()
    const again = await open()
    expect(await drainEvents(again)).toEqual([])
  })

  it('pass over a segment that somebody damaged, and its loss is declared', async () => {
    const first = await openTestSpool(bench.folder, { budgetBytes: 1_048_576 })
    for (let n = 0; n < 300; n += 1) {
      first.spool.append(accessDraft(n))
      if (n % 50 === 49) await first.spool.flush()
    }
    await first.spool.close()
    const [oldest = ''] = segmentsIn(bench.folder, 'low')
    const bytes = readFileSync(oldest)
    bytes.write('X', bytes.indexOf('/item/10') + 1)
    writeFileSync(oldest, bytes)
    const again = await open({ budgetBytes: 1_048_576 })
    const events = await drainEvents(again)
    await again.spool.flush()
    const all = [...events, ...(await drainEvents(again))]
    const loss = all.find(({ sevenfold }) => sevenfold.kind === 'loss')?.sevenfold.loss
    expect(loss).toMatchObject({ lane: 'low', reason: 'corrupt-tail' })
    const access = all.filter(({ sevenfold }) => sevenfold.kind === 'access')
    expect(access.length + (loss?.count ?? 0)).toBe(300)
    expect(again.log.events()).toContain('spool-segment-damaged')
  })

  it('go on when the folder is wiped under them, and the loss is declared', async () => {
    const target = await open()
    for (let n = 0; n < 10; n += 1) target.spool.append(accessDraft(n))
    await target.spool.flush()
    rmSync(dirname(dirname(lastSegment(bench.folder, 'low'))), { recursive: true })
    await drainEvents(target)
    target.spool.append(accessDraft(11))
    await target.spool.flush()
    const events = await drainEvents(target)
    const losses = events.flatMap(({ sevenfold }) => (sevenfold.loss === undefined ? [] : [sevenfold.loss]))
    expect(losses).toContainEqual({ lane: 'low', first: 1, last: 10, count: 10, reason: 'corrupt-tail' })
    expect(events.some(({ url }) => url?.path === '/item/11')).toBe(true)
  })
})

describe('overflow', () => {
  it('drops whole oldest low segments only, and declares each loss in high before the gap', async () => {
    const target = await open({ budgetBytes: 1_048_576 })
    const total = 3000
    for (let n = 1; n <= total; n += 1) {
      target.spool.append(accessDraft(n))
      if (n % 100 === 0) await target.spool.flush()
    }
    await target.spool.flush()
    expect(target.spool.bytes()).toBeLessThan(1_048_576)
    const batches = await drain(target.spool.reader('ledger'))
    const events = batches.flatMap(linesOf)
    const losses = events.flatMap(({ sevenfold }) => (sevenfold.loss === undefined ? [] : [sevenfold.loss]))
    const lost = losses.reduce((sum, { count }) => sum + count, 0)
    const kept = events.filter(({ sevenfold }) => sevenfold.kind === 'access')
    expect(losses.every(({ lane, reason }) => lane === 'low' && reason === 'overflow')).toBe(true)
    expect(kept.length + lost).toBe(total)
    expect(kept.at(-1)?.event.sequence).toBe(total)
    const firstLow = batches.find(({ lane }) => lane === 'low')
    expect(firstLow?.afterGap).toBe(true)
    expect(
      batches
        .slice(
          0,
          batches.findIndex(({ lane }) => lane === 'low'),
        )
        .flatMap(linesOf)
        .at(-1)?.sevenfold.kind,
    ).toBe('loss')
    expect(target.metrics.counters()['sevenfold_spool_lost_total']).toBe(lost)
  })

  it('drops silently what every receiver has', async () => {
    const target = await open({ budgetBytes: 1_048_576 })
    for (let n = 1; n <= 3000; n += 1) {
      target.spool.append(accessDraft(n))
      if (n % 100 !== 0) continue
      await target.spool.flush()
      await drainEvents(target)
    }
    expect(target.metrics.counters()['sevenfold_spool_lost_total']).toBe(0)
  })

  it('keeps within its budget without any receiver', async () => {
    const target = await open({ budgetBytes: 1_048_576, receivers: [] })
    for (let n = 1; n <= 3000; n += 1) {
      target.spool.append(accessDraft(n))
      if (n % 100 === 0) await target.spool.flush()
    }
    expect(target.spool.bytes()).toBeLessThan(1_048_576)
    expect(target.metrics.counters()['sevenfold_spool_lost_total']).toBe(0)
  })

  it('keeps writing evidence without any receiver, dropping the oldest', async () => {
    const target = await open({ budgetBytes: 1_048_576, receivers: [] })
    for (let n = 1; n <= 3000; n += 1) {
      target.spool.append(edgeEvents().admin({ op: 'mode', actor: `a${n}` }, 'success'))
      if (n % 50 === 0) await target.spool.flush()
    }
    expect(target.spool.bytes()).toBeLessThan(1_048_576)
    expect(target.spool.heads().high.sequence).toBe(3001)
  })

  it('of high drops what one receiver has, declared for the other, and folds nothing for it', async () => {
    const target = await open({ budgetBytes: 1_048_576, receivers: ['ledger', 'detection'] })
    const count = 3000
    for (let n = 1; n <= count; n += 1) {
      target.spool.append(blockDraft(`192.0.2.${n % 250}`, `rule-${n}`))
      if (n % 50 !== 0) continue
      await target.spool.flush()
      await drainEvents(target, 'ledger')
    }
    expect(target.metrics.counters()['sevenfold_spool_folded_total']).toBe(0)
    const events = await drainEvents(target, 'detection')
    const blocks = events.filter(({ sevenfold }) => sevenfold.kind === 'block')
    const losses = events.flatMap(({ sevenfold }) => (sevenfold.loss === undefined ? [] : [sevenfold.loss]))
    expect(losses.every(({ lane, reason }) => lane === 'high' && reason === 'overflow')).toBe(true)
    expect(blocks.at(-1)?.rule?.id).toBe(`rule-${count}`)
    expect(blocks.length).toBeLessThan(count)
    expect(losses.length).toBeGreaterThan(0)
  })

  it('loses new events, declared, when the disk is slower than its memory lasts', async () => {
    const target = await open()
    const draft = { ...accessDraft(1), message: 'x'.repeat(50_000) }
    const total = Math.ceil(maxPendingCharacters / 50_000) + 50
    for (let n = 0; n < total; n += 1) target.spool.append(draft) // no turn of the loop: nothing can be written
    await target.spool.flush()
    await target.spool.flush()
    const events = await drainEvents(target)
    const loss = events.find(({ sevenfold }) => sevenfold.kind === 'loss')?.sevenfold.loss
    const kept = events.filter(({ sevenfold }) => sevenfold.kind === 'access').length
    expect(kept + (loss?.count ?? 0)).toBe(total)
    expect(loss?.count).toBeGreaterThan(0)
  })
})

describe('evidence against noise', () => {
  it('folds repeats of one source, rule and site after 20 a minute into one counted event', async () => {
    const clock = createFakeClock(Date.now())
    const target = await open({ clock })
    const events = edgeEvents(() => clock.now())
    for (let n = 0; n < 100; n += 1) target.spool.append(blockDraft('192.0.2.9', '942100', events))
    for (let n = 0; n < 5; n += 1) target.spool.append(blockDraft('192.0.2.10', '942100', events))
    clock.advance(66_000)
    await target.spool.flush()
    const blocks = (await drainEvents(target)).filter(({ sevenfold }) => sevenfold.kind === 'block')
    const noisy = blocks.filter(({ source }) => source?.ip === '192.0.2.9')
    expect(noisy).toHaveLength(21)
    expect(noisy.at(-1)?.sevenfold.repeat?.count).toBe(80)
    expect(blocks.filter(({ source }) => source?.ip === '192.0.2.10')).toHaveLength(5)
  })

  it(
    'keeps one login among a million high-severity events from one source',
    { timeout: 120_000 },
    async () => {
      const target = await open({ budgetBytes: 4_194_304 })
      const noise = blockDraft('192.0.2.9')
      for (let n = 0; n < 1_000_000; n += 1) {
        if (n === 500_000) target.spool.append(loginDraft())
        target.spool.append(noise)
      }
      await target.spool.close()
      const again = await open({ budgetBytes: 4_194_304 })
      const events = await drainEvents(again)
      expect(events.filter(({ user }) => user?.name === 'planted')).toHaveLength(1)
      const blocks = events.filter(({ sevenfold }) => sevenfold.kind === 'block')
      expect(blocks).toHaveLength(21)
      expect(blocks.reduce((sum, { sevenfold }) => sum + (sevenfold.repeat?.count ?? 1), 0)).toBe(1_000_000)
    },
  )

  it(
    'keeps one login among a million high-severity events from a million sources',
    { timeout: 240_000 },
    async () => {
      const target = await open({ budgetBytes: 4_194_304 })
      const noise = blockDraft('192.0.2.9')
      for (let n = 0; n < 1_000_000; n += 1) {
        if (n === 900_000) target.spool.append(loginDraft())
        const ip = `2001:db8::${n.toString(16)}`.replace(/(.{4})$/, ':$1')
        target.spool.append({ ...noise, source: { ip, address: ip } })
        if (n % 5000 === 0) await target.spool.flush()
      }
      await target.spool.close()
      expect(target.spool.bytes()).toBeLessThan(4_194_304 * 1.1)
      const again = await open({ budgetBytes: 4_194_304 })
      const events = await drainEvents(again)
      expect(events.filter(({ user }) => user?.name === 'planted')).toHaveLength(1)
      const told = events.reduce((sum, { sevenfold }) => {
        if (sevenfold.kind === 'loss') return sum + (sevenfold.loss?.count ?? 0)
        return sum + (sevenfold.kind === 'block' ? (sevenfold.repeat?.count ?? 1) : 0)
      }, 0)
      expect(told).toBe(1_000_000)
    },
  )
})

function loginDraft(): ReturnType<ReturnType<typeof edgeEvents>['authentication']> {
  return edgeEvents().authentication({
    outcome: 'success',
    userName: 'planted',
    clientAddress: '198.51.100.5',
  })
}

describe('a clock that jumps', () => {
  it('goes on folding and writing when the wall clock falls by a year', async () => {
    const clock = createFakeClock(Date.now())
    const target = await open({ clock })
    for (let n = 0; n < 30; n += 1) target.spool.append(blockDraft('192.0.2.9'))
    clock.setWall(clock.now() - 365 * 86_400_000)
    for (let n = 0; n < 30; n += 1) target.spool.append(blockDraft('192.0.2.9'))
    clock.advance(66_000)
    await target.spool.flush()
    const blocks = (await drainEvents(target)).filter(({ sevenfold }) => sevenfold.kind === 'block')
    expect(blocks).toHaveLength(21)
    expect(blocks.at(-1)?.sevenfold.repeat?.count).toBe(40)
  })
})

const mountProgram = 'mount'
const unmountProgram = 'umount'

function canMount(): boolean {
  if (process.getuid?.() !== 0) return false
  const probe = createBench()
  try {
    execFileSync(mountProgram, ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe.folder], { stdio: 'ignore' })
    execFileSync(unmountProgram, [probe.folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    void probe.close()
  }
}

describe('a full disk', () => {
  it.skipIf(!canMount())(
    'is declared, stops nobody, and loses nothing in high (needs root and tmpfs)',
    async () => {
      const disk = join(bench.folder, 'disk')
      mkdirSync(disk)
      execFileSync(mountProgram, ['-t', 'tmpfs', '-o', 'size=768k', 'tmpfs', disk])
      bench.later(() => void execFileSync(unmountProgram, ['-l', disk]))
      const target = await openTestSpool(disk, { budgetBytes: 8_388_608 })
      bench.later(() => target.spool.close())
      const total = 2000
      for (let n = 1; n <= total; n += 1) {
        target.spool.append(accessDraft(n))
        if (n % 200 === 0) target.spool.append(edgeEvents().notice(`mark-${n}`, 'kept'))
        if (n % 50 === 0) await target.spool.flush()
      }
      expect(target.log.events()).toContain('spool-disk-full')
      const hint = target.log.lines.find(({ event }) => event === 'spool-disk-full')?.fields['hint']
      expect(hint).toContain('free space')
      // The receiver takes what is there, space comes back, and everything that waited is written.
      const events: SevenfoldEvent[] = []
      for (let round = 0; round < 20; round += 1) {
        events.push(...(await drainEvents(target)))
        await target.spool.flush()
      }
      const marks = events.filter(({ event }) => event.action.startsWith('mark-'))
      expect(marks).toHaveLength(10)
      const lost = events.reduce((sum, { sevenfold }) => sum + (sevenfold.loss?.count ?? 0), 0)
      const kept = events.filter(({ sevenfold }) => sevenfold.kind === 'access').length
      expect(kept + lost).toBe(total)
      expect(target.log.events()).toContain('spool-disk-recovered')
    },
  )
})

describe('a folder put back from an old copy', () => {
  it('gets a new epoch and new places for what it wrote since', async () => {
    const first = await openTestSpool(bench.folder)
    first.spool.append(accessDraft(1))
    await first.spool.close()
    const copy = join(bench.folder, 'copy')
    cpSync(join(bench.folder, 'spool'), copy, { recursive: true })
    const second = await openTestSpool(bench.folder)
    for (let n = 2; n <= 5; n += 1) second.spool.append(accessDraft(n))
    await second.spool.close()
    rmSync(join(bench.folder, 'spool'), { recursive: true })
    cpSync(copy, join(bench.folder, 'spool'), { recursive: true })
    const third = await open()
    third.spool.append(accessDraft(6))
    await third.spool.flush()
    const reader = third.spool.reader('ledger')
    expect(reader.rewind({ epoch: first.spool.epoch, lane: 'low' }, 6)).toBe('ahead')
    await third.spool.renewEpoch({ epoch: first.spool.epoch, lane: 'low' })
    await third.spool.flush()
    const events = await drainEvents(third)
    const moved = events.find(({ url }) => url?.path === '/item/6')
    expect(moved?.agent.ephemeral_id).toBe(third.spool.epoch)
    expect(third.spool.epoch).not.toBe(first.spool.epoch)
    expect(events.find(({ agent }) => agent.ephemeral_id === third.spool.epoch)?.sevenfold.epoch).toEqual({
      reason: 'tail-lost',
      previous: first.spool.epoch,
    })
  })

  it('leaves nothing behind of an epoch that every receiver has', async () => {
    const target = await open()
    await target.spool.flush()
    const { epoch } = target.spool
    await target.spool.renewEpoch({ epoch, lane: 'low' })
    await target.spool.flush()
    await drainEvents(target)
    expect(existsSync(join(bench.folder, 'spool', epoch))).toBe(false)
  })
})

it('shows in its segments what a person can read', async () => {
  const target = await open()
  target.spool.append(accessDraft(1))
  await target.spool.flush()
  const path = lastSegment(bench.folder, 'low')
  const [head = '', block = '', line = ''] = readFileSync(path, 'utf8').split('\n')
  expect(head).toMatch(/^SFS1 edge\/main \S+ low 1 [0-9a-f]{64}$/)
  expect(block).toMatch(/^SFB1 1 1 \d+ [0-9a-f]{64} [0-9a-f]{8}$/)
  expect(JSON.parse(line)).toMatchObject({ event: { sequence: 1 } })
  expect(scanSegment(path)).toMatchObject({ last: 1, damaged: false })
})
