import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  batchHeaderNames,
  batchLimits,
  batchSigningText,
  chainNext,
  chainSeed,
  encodeLine,
  sealDraft,
} from '@sevenfold/event'
import type { EventDraft, HeartbeatBody, Lane } from '@sevenfold/event'
import { createFakeClock } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { signHeartbeat } from '../src/index.ts'
import type { LanePosition, PartKeys } from '../src/index.ts'
import { epochDraft, lossDraft } from '../src/spool/own-events.ts'
import { accessDraft, createBench, edgeEvents, startTestReceiver } from './harness.ts'
import type { Bench, TestReceiver, TestReceiverOptions } from './harness.ts'

let bench: Bench
beforeEach(() => void (bench = createBench()))
afterEach(() => bench.close())

async function start(options: TestReceiverOptions = {}): Promise<TestReceiver> {
  const receiver = await startTestReceiver(bench.folder, options)
  bench.later(() => receiver.close())
  return receiver
}

interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly body: Record<string, unknown>
}

function post(
  socketPath: string,
  path: string,
  headers: Record<string, string>,
  body: Uint8Array | string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, method: 'POST', headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => void (text += chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: JSON.parse(text) as Record<string, unknown>,
        }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

const epoch = 'epoch-1'

interface BatchSpec {
  readonly agent?: string
  readonly epoch?: string
  readonly lane?: Lane
  readonly first?: number
  readonly blocks?: readonly (readonly string[])[]
  /** Text to compress instead of the blocks' lines. */
  readonly raw?: Uint8Array
  readonly headers?: Record<string, string>
  readonly keys?: PartKeys
}

function send(receiver: TestReceiver, spec: BatchSpec): Promise<Answer> {
  const blocks = spec.blocks ?? []
  const keys = spec.keys ?? receiver.keys
  const head = {
    agent: spec.agent ?? 'edge/w0',
    epoch: spec.epoch ?? epoch,
    lane: spec.lane ?? ('low' as const),
    first: spec.first ?? 1,
    blocks: blocks.map((lines) => lines.length),
  }
  const text = blocks
    .flat()
    .map((line) => `${line}\n`)
    .join('')
  const body = gzipSync(spec.raw ?? Buffer.from(text))
  const digest = createHash('sha256').update(body).digest('hex')
  return post(
    receiver.socketPath,
    '/v1/batches',
    {
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
      [batchHeaderNames.agent]: head.agent,
      [batchHeaderNames.epoch]: head.epoch,
      [batchHeaderNames.lane]: head.lane,
      [batchHeaderNames.first]: String(head.first),
      [batchHeaderNames.blocks]: head.blocks.join(','),
      [batchHeaderNames.key]: keys.keyId,
      [batchHeaderNames.signature]: keys.sign(batchSigningText(head, digest)),
      ...spec.headers,
    },
    body,
  )
}

function sealed(draft: EventDraft, sequence: number, agent = 'edge/w0', ephemeral = epoch): string {
  return encodeLine(sealDraft(draft, { id: agent, ephemeral_id: ephemeral }, sequence))
}

/** Lines of `count` access events from `first`. */
function lines(first: number, count: number, ephemeral = epoch): string[] {
  return Array.from({ length: count }, (_, i) =>
    sealed(accessDraft(first + i), first + i, 'edge/w0', ephemeral),
  )
}

function chainOf(lane: Lane, blocks: readonly (readonly string[])[], ephemeral = epoch): string {
  let chain = chainSeed('edge/w0', ephemeral, lane)
  for (const block of blocks) chain = chainNext(chain, Buffer.from(block.map((line) => `${line}\n`).join('')))
  return Buffer.from(chain).toString('hex')
}

describe('batches', () => {
  it('are delivered in order with their exact lines and a position', async () => {
    const receiver = await start()
    const blocks = [lines(1, 2), lines(3, 1)]
    expect(await send(receiver, { blocks })).toMatchObject({ status: 200, body: { through: 3 } })
    expect(receiver.events.map(({ line }) => line)).toEqual(blocks.flat())
    expect(receiver.batches[0]?.position).toEqual({
      agent: 'edge/w0',
      epoch,
      lane: 'low',
      sequence: 3,
      hash: chainOf('low', blocks),
    })
    expect(receiver.batches[0]?.part).toBe('edge')
  })

  it('are acknowledged again and not delivered again when they come twice', async () => {
    const receiver = await start()
    const blocks = [lines(1, 3)]
    await send(receiver, { blocks })
    expect(await send(receiver, { blocks })).toMatchObject({ status: 200, body: { through: 3 } })
    expect(receiver.events).toHaveLength(3)
    expect(receiver.kinds()).toEqual([])
  })

  it('that overlap bring only what is new', async () => {
    const receiver = await start()
    const [a, b, c] = [lines(1, 2), lines(3, 2), lines(5, 1)]
    await send(receiver, { blocks: [a, b] })
    expect(await send(receiver, { first: 3, blocks: [b, c] })).toMatchObject({
      status: 200,
      body: { through: 5 },
    })
    expect(receiver.events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
    expect(receiver.receiver.positions().find(({ lane }) => lane === 'low')?.hash).toBe(
      chainOf('low', [a, b, c]),
    )
    expect(receiver.kinds()).toEqual([])
  })

  it('with other bytes under taken identities are an incident', async () => {
    const receiver = await start()
    await send(receiver, { blocks: [lines(1, 3)] })
    const other = [1, 2, 3].map((n) => sealed(accessDraft(n + 100), n))
    expect(await send(receiver, { blocks: [other] })).toMatchObject({ status: 200, body: { through: 3 } })
    expect(receiver.events).toHaveLength(3)
    expect(receiver.incidents).toMatchObject([{ kind: 'conflict', agent: 'edge/w0', first: 1, last: 3 }])
  })

  it('after a gap are told what is expected', async () => {
    const receiver = await start()
    await send(receiver, { blocks: [lines(1, 2)] })
    expect(await send(receiver, { first: 4, blocks: [lines(4, 1)] })).toMatchObject({
      status: 409,
      body: { expected: 3 },
    })
    expect(receiver.events).toHaveLength(2)
  })

  it('after a gap that the writer admits are taken, and the gap is an incident', async () => {
    const receiver = await start()
    await send(receiver, { blocks: [lines(1, 2)] })
    const gap = { 'sevenfold-after-gap': 'ab'.repeat(32) }
    expect(await send(receiver, { first: 6, blocks: [lines(6, 1)], headers: gap })).toMatchObject({
      status: 200,
      body: { through: 6 },
    })
    expect(receiver.incidents).toMatchObject([{ kind: 'gap', lane: 'low', first: 3, last: 5 }])
    const expected = chainNext(Buffer.from('ab'.repeat(32), 'hex'), Buffer.from(`${lines(6, 1)[0]}\n`))
    // The time in a fresh line differs, so only the form is compared here; the chain itself is proved by heartbeats.
    expect(receiver.receiver.positions().find(({ lane }) => lane === 'low')?.hash).toHaveLength(
      expected.length * 2,
    )
  })

  it('after a declared loss are a declared gap', async () => {
    const receiver = await start()
    await send(receiver, { blocks: [lines(1, 2)] })
    const loss = lossDraft('edge/w0', Date.now(), {
      lane: 'low',
      first: 3,
      last: 5,
      count: 3,
      reason: 'overflow',
    })
    const high = [sealed(epochDraft('edge/w0', Date.now(), { reason: 'created' }), 1), sealed(loss, 2)]
    await send(receiver, { lane: 'high', blocks: [high] })
    await send(receiver, {
      first: 6,
      blocks: [lines(6, 1)],
      headers: { 'sevenfold-after-gap': 'ab'.repeat(32) },
    })
    expect(receiver.incidents).toMatchObject([{ kind: 'declared-gap', first: 3, last: 5 }])
  })

  it('after a loss that covers only a part of the gap are an undeclared gap', async () => {
    const receiver = await start()
    await send(receiver, { blocks: [lines(1, 2)] })
    const loss = lossDraft('edge/w0', Date.now(), {
      lane: 'low',
      first: 3,
      last: 4,
      count: 2,
      reason: 'overflow',
    })
    await send(receiver, { lane: 'high', blocks: [[sealed(loss, 1)]] })
    await send(receiver, {
      first: 6,
      blocks: [lines(6, 1)],
      headers: { 'sevenfold-after-gap': 'ab'.repeat(32) },
    })
    expect(receiver.kinds()).toContain('gap')
  })

  it('in high are an undeclared gap only when no declaration follows', async () => {
    const clock = createFakeClock(Date.now())
    const receiver = await start({ clock })
    const notice = (n: number): string => sealed(edgeEvents().notice('a', 'b'), n)
    const gap = { 'sevenfold-after-gap': 'ab'.repeat(32) }
    await send(receiver, { lane: 'high', blocks: [[notice(1)]] })
    await send(receiver, { lane: 'high', first: 5, blocks: [[notice(5)]], headers: gap })
    expect(receiver.kinds()).toEqual([])
    const loss = lossDraft('edge/w0', Date.now(), {
      lane: 'high',
      first: 2,
      last: 4,
      count: 3,
      reason: 'overflow',
    })
    await send(receiver, { lane: 'high', first: 6, blocks: [[sealed(loss, 6)]] })
    expect(receiver.incidents).toMatchObject([{ kind: 'declared-gap', lane: 'high', first: 2, last: 4 }])
    await send(receiver, { lane: 'high', first: 9, blocks: [[notice(9)]], headers: gap })
    clock.advance(29_999)
    await send(receiver, { lane: 'high', first: 10, blocks: [[notice(10)]] })
    expect(receiver.kinds()).toEqual(['declared-gap'])
    clock.advance(1)
    await send(receiver, { lane: 'high', first: 11, blocks: [[notice(11)]] })
    expect(receiver.incidents[1]).toMatchObject({ kind: 'gap', lane: 'high', first: 7, last: 8 })
  })

  it('are not acknowledged when they cannot be stored, and come again', async () => {
    let isBroken = true
    const receiver = await start({
      onBatch: () => (isBroken ? Promise.reject(new Error('the disk is full')) : Promise.resolve()),
    })
    const blocks = [lines(1, 2)]
    const refused = await send(receiver, { blocks })
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1'])
    isBroken = false
    expect(await send(receiver, { blocks })).toMatchObject({ status: 200, body: { through: 2 } })
    expect(receiver.events).toHaveLength(2)
  })

  it('of one writer do not overtake each other', async () => {
    const order: number[] = []
    const receiver = await start({
      onBatch: async (batch) => {
        await new Promise((resolve) => setImmediate(resolve))
        order.push(batch.position.sequence)
      },
    })
    const answers = await Promise.all([
      send(receiver, { first: 1, blocks: [lines(1, 1)] }),
      send(receiver, { first: 1, blocks: [lines(1, 1)] }),
      send(receiver, { lane: 'high', first: 1, blocks: [[sealed(edgeEvents().notice('a', 'b'), 1)]] }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(order).toHaveLength(2)
  })
})

describe('epochs', () => {
  const epochLine = (id: string, facts: { previous?: string; reason: 'created' | 'tail-lost' }): string =>
    sealed(epochDraft('edge/w0', Date.now(), facts), 1, 'edge/w0', id)

  it('that begin with their event after the last one are reported with their reason', async () => {
    const receiver = await start()
    await send(receiver, { lane: 'high', blocks: [[epochLine(epoch, { reason: 'created' })]] })
    const next = epochLine('epoch-2', { reason: 'tail-lost', previous: epoch })
    await send(receiver, { epoch: 'epoch-2', lane: 'high', blocks: [[next]] })
    expect(receiver.incidents).toMatchObject([
      { kind: 'new-epoch', epoch: 'epoch-2', message: expect.stringContaining('end of the spool') as string },
    ])
  })

  it('that do not name the one before tell that the spool was made anew', async () => {
    const receiver = await start()
    await send(receiver, { lane: 'high', blocks: [[epochLine(epoch, { reason: 'created' })]] })
    await send(receiver, {
      epoch: 'epoch-2',
      lane: 'high',
      blocks: [[epochLine('epoch-2', { reason: 'created' })]],
    })
    expect(receiver.incidents).toMatchObject([
      { kind: 'new-epoch', message: expect.stringContaining('made anew') as string },
    ])
  })

  it('that begin with anything else are unannounced', async () => {
    const receiver = await start()
    await send(receiver, { lane: 'high', blocks: [[epochLine(epoch, { reason: 'created' })]] })
    await send(receiver, { epoch: 'epoch-2', blocks: [lines(1, 1, 'epoch-2')] })
    expect(receiver.kinds()).toEqual(['unannounced-epoch'])
  })

  it('of a writer that is met in the middle are told as a missed start', async () => {
    const receiver = await start()
    await send(receiver, {
      first: 500,
      blocks: [lines(500, 1)],
      headers: { 'sevenfold-after-gap': 'ab'.repeat(32) },
    })
    expect(receiver.incidents).toMatchObject([{ kind: 'missed-start', first: 1, last: 499 }])
  })
})

describe('a receiver that starts again', () => {
  it('knows where every lane stands, and its chain', async () => {
    const first = await start()
    const blocks = [lines(1, 2), lines(3, 2)]
    await send(first, { blocks })
    const positions = first.receiver.positions()
    await first.close()
    const second = await start()
    expect(second.receiver.positions()).toEqual(positions)
    expect(await send(second, { blocks })).toMatchObject({ status: 200, body: { through: 4 } })
    const other = [1, 2, 3, 4].map((n) => sealed(accessDraft(n + 100), n))
    await send(second, { blocks: [other] })
    expect(second.events).toEqual([])
    expect(second.kinds()).toEqual(['conflict'])
  })

  it('takes what its store remembers beyond its own journal', async () => {
    const position: LanePosition = {
      agent: 'edge/w0',
      epoch,
      lane: 'low',
      sequence: 3,
      hash: 'cd'.repeat(32),
    }
    const receiver = await start({ recovered: [position] })
    expect(await send(receiver, { blocks: [lines(1, 3)] })).toMatchObject({
      status: 200,
      body: { through: 3 },
    })
    expect(receiver.events).toEqual([])
    expect(await send(receiver, { first: 4, blocks: [lines(4, 1)] })).toMatchObject({ body: { through: 4 } })
  })

  it('passes over a torn or damaged journal line', async () => {
    const first = await start()
    await send(first, { blocks: [lines(1, 2)] })
    await first.close()
    const path = join(bench.folder, 'ledger', 'receiver', 'receiver.ndjson')
    writeFileSync(path, `not json\n${readFileSync(path, 'utf8')}{"t":"position","posit`)
    const second = await start()
    expect(second.receiver.positions().find(({ lane }) => lane === 'low')?.sequence).toBe(2)
  })
})

describe('strangers and impostors', () => {
  function strangerKeys(): PartKeys {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(12)
    const keyId = createHash('sha256').update(raw).digest('hex').slice(0, 16)
    return {
      keyId,
      publicKey: raw,
      redactionKey: new Uint8Array(32),
      sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
    }
  }

  it('without a registered key are refused and reported', async () => {
    const receiver = await start()
    expect((await send(receiver, { blocks: [lines(1, 1)], keys: strangerKeys() })).status).toBe(401)
    expect(receiver.kinds()).toEqual(['unknown-key'])
  })

  it('with a signature of another key are refused and reported', async () => {
    const receiver = await start()
    const keys = { ...strangerKeys(), keyId: receiver.keys.keyId }
    expect((await send(receiver, { blocks: [lines(1, 1)], keys })).status).toBe(401)
    expect(receiver.kinds()).toEqual(['bad-signature'])
    expect(receiver.events).toEqual([])
  })

  it.each([
    ['the agent', { [batchHeaderNames.agent]: 'edge/w1' }],
    ['the epoch', { [batchHeaderNames.epoch]: 'epoch-9' }],
    ['the lane', { [batchHeaderNames.lane]: 'high' }],
    ['the first sequence', { [batchHeaderNames.first]: '2' }],
    ['the blocks', { [batchHeaderNames.blocks]: '2' }],
  ])('that change %s under a signature are refused', async (_name, headers) => {
    const receiver = await start()
    expect((await send(receiver, { blocks: [lines(1, 1)], headers })).status).toBe(401)
    expect(receiver.events).toEqual([])
  })

  it('that speak as another part are refused and reported', async () => {
    const receiver = await start()
    expect((await send(receiver, { agent: 'detection/main', blocks: [lines(1, 1)] })).status).toBe(403)
    expect(receiver.kinds()).toEqual(['foreign-agent'])
  })

  it('that name more writers than one key may have are refused', async () => {
    const receiver = await start()
    for (let n = 0; n < 256; n += 1)
      await send(receiver, { agent: `edge/x${n}`, first: 2, blocks: [lines(2, 1)] })
    expect((await send(receiver, { agent: 'edge/x256', blocks: [lines(1, 1)] })).status).toBe(403)
  })
})

describe('hostile events', () => {
  const draft = accessDraft(1)
  const cases: [string, string][] = [
    ['no JSON', '{"a":'],
    ['an array', '[]'],
    ['a number', '7'],
    ['a string over the limit', sealed({ ...draft }, 2).replace('"/item/1"', `"${'x'.repeat(60_001)}"`)],
    ['deep nesting', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`],
    ['a wrong type', sealed(draft, 2).replace('"status_code":200', '"status_code":"200"')],
    ['no identity', sealed(draft, 2).replace('"sequence":2', '"sequence":"2"')],
    ['another writer', sealed(draft, 2, 'edge/w1')],
    ['another epoch', sealed(draft, 2, 'edge/w0', 'epoch-7')],
    ['another lane', sealed({ ...draft, sevenfold: { ...draft.sevenfold, lane: 'high' } }, 2)],
    ['another place', sealed(draft, 3)],
    ['a prototype', sealed(draft, 2).replace('{', '{"__proto__":{"x":1},')],
    ['dotted names', sealed(draft, 2).replace('{', '{"a.b":1,')],
    ['an unknown version', sealed(draft, 2).replace('"v":1', '"v":2')],
    [
      'a layer that the key has not',
      sealed({ ...draft, sevenfold: { ...draft.sevenfold, layer: 'detection' } }, 2),
    ],
    [
      'a dataset that the key has not',
      sealed({ ...draft, event: { ...draft.event, dataset: 'sevenfold.ledger.admin' } }, 2),
    ],
    ['control characters and terminal escapes raw', '\u001b]0;pwned\u0007{"a":1}'],
  ]

  it.each(cases)(
    '(%s) are left out and reported, and the rest of the batch is taken',
    async (_name, line) => {
      const receiver = await start()
      const answer = await send(receiver, { blocks: [[...lines(1, 1), line, ...lines(3, 1)]] })
      expect(answer).toMatchObject({ status: 200, body: { through: 3 } })
      expect(receiver.events.map(({ sequence }) => sequence)).toEqual([1, 3])
      expect(receiver.incidents).toHaveLength(1)
      expect(receiver.incidents[0]).toMatchObject({ agent: 'edge/w0', first: 2, last: 2 })
      expect(['bad-event', 'foreign-dataset']).toContain(receiver.incidents[0]?.kind)
      // oxlint-disable-next-line no-control-regex -- that is what must not be there
      expect(receiver.incidents[0]?.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
    },
  )

  it('that are no UTF-8 are left out, and their neighbours keep their exact bytes', async () => {
    const receiver = await start()
    const one = lines(1, 1).join('')
    const three = lines(3, 1).join('')
    const raw = Buffer.concat([
      Buffer.from(`${one}\n`),
      Buffer.from([0xff, 0xfe, 0x0a]),
      Buffer.from(`${three}\n`),
    ])
    expect((await send(receiver, { blocks: [[one, 'x', three]], raw })).status).toBe(200)
    expect(receiver.events.map(({ line }) => line)).toEqual([one, three])
    expect(receiver.kinds()).toEqual(['bad-event'])
  })

  it('are reported at most ten times a batch', async () => {
    const receiver = await start()
    await send(receiver, { blocks: [Array.from({ length: 100 }, () => '{}')] })
    expect(receiver.incidents).toHaveLength(10)
    expect(receiver.events).toEqual([])
  })

  it('keep what escapes and tabs their strings legally hold', async () => {
    const receiver = await start()
    const line = sealed({ ...draft, message: '\u001b[31mred\u0000\n\ttab ‮' }, 1)
    await send(receiver, { blocks: [[line]] })
    expect(receiver.events[0]?.line).toBe(line)
  })
})

describe('hostile bodies', () => {
  it('that inflate beyond the limit are refused with 413', async () => {
    const receiver = await start()
    const raw = Buffer.alloc(batchLimits.maxBytes + 1, 0x0a)
    expect((await send(receiver, { blocks: [['x']], raw })).status).toBe(413)
  })

  it('that are larger than the limit as sent are refused with 413', async () => {
    const receiver = await start()
    const headers = { 'content-length': String(batchLimits.maxCompressedBytes + 1) }
    const outgoing = send(receiver, { blocks: [['x']], headers })
    await expect(outgoing.then(({ status }) => status)).resolves.toBe(413)
  })

  it('that are no gzip are refused with 400', async () => {
    const receiver = await start()
    const body = Buffer.from('plain')
    const head = { agent: 'edge/w0', epoch, lane: 'low' as const, first: 1, blocks: [1] }
    const digest = createHash('sha256').update(body).digest('hex')
    const answer = await post(
      receiver.socketPath,
      '/v1/batches',
      {
        'content-type': 'application/x-ndjson',
        'content-encoding': 'gzip',
        [batchHeaderNames.agent]: head.agent,
        [batchHeaderNames.epoch]: epoch,
        [batchHeaderNames.lane]: 'low',
        [batchHeaderNames.first]: '1',
        [batchHeaderNames.blocks]: '1',
        [batchHeaderNames.key]: receiver.keys.keyId,
        [batchHeaderNames.signature]: receiver.keys.sign(batchSigningText(head, digest)),
      },
      body,
    )
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'RECEIVE_BAD_BODY' } } })
  })

  it.each([
    ['fewer lines', 'a\n'],
    ['more lines', 'a\nb\nc\n'],
    ['no newline at the end', 'a\nb'],
    ['nothing', ''],
  ])('with %s than announced are refused with 400', async (_name, text) => {
    const receiver = await start()
    expect((await send(receiver, { blocks: [['a', 'b']], raw: Buffer.from(text) })).status).toBe(400)
  })

  it.each([
    ['no headers at all', {}, 400],
    ['a block of no lines', { [batchHeaderNames.blocks]: '0' }, 400],
    [
      'too many blocks',
      {
        [batchHeaderNames.blocks]: Array(batchLimits.maxBlocks + 1)
          .fill('1')
          .join(','),
      },
      400,
    ],
    ['too many lines', { [batchHeaderNames.blocks]: String(batchLimits.maxLines + 1) }, 400],
    ['a path as agent', { [batchHeaderNames.agent]: '../../etc/passwd' }, 400],
    ['a line break in the epoch', { [batchHeaderNames.epoch]: 'a b' }, 400],
    ['another media type', { 'content-type': 'text/html' }, 415],
    ['no compression', { 'content-encoding': 'identity' }, 415],
  ])('with %s are refused', async (name, headers, status) => {
    const receiver = await start()
    const all =
      name === 'no headers at all'
        ? Object.fromEntries(Object.values(batchHeaderNames).map((key) => [key, '']))
        : headers
    expect((await send(receiver, { blocks: [['a']], headers: all })).status).toBe(status)
  })

  it('that break off leave nothing behind', async () => {
    const receiver = await start()
    const socket = connect(receiver.socketPath)
    socket.on('error', () => undefined)
    await new Promise<void>((resolve) => void socket.on('connect', resolve))
    socket.write('POST /v1/batches HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nabc')
    socket.destroy()
    expect((await send(receiver, { blocks: [lines(1, 1)] })).status).toBe(200)
  })

  it('for other paths and methods are refused', async () => {
    const receiver = await start()
    expect((await post(receiver.socketPath, '/v1/other', {}, '')).status).toBe(404)
    const answer = await new Promise<number>((resolve) => {
      request({ socketPath: receiver.socketPath, path: '/v1/batches', method: 'GET' }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      }).end()
    })
    expect(answer).toBe(405)
  })
})

describe('heartbeats', () => {
  const now = Date.UTC(2026, 5, 1)

  function body(over: Partial<HeartbeatBody> = {}): HeartbeatBody {
    const none = { sequence: 0, hash: '00'.repeat(32) }
    return {
      v: 1,
      agent: 'edge/w0',
      epoch,
      boot: 3,
      time: new Date(now).toISOString(),
      nonce: '',
      mode: 'enforce',
      lanes: { high: none, low: none },
      counters: {},
      config: 'ab'.repeat(32),
      expiry: {},
      ...over,
    }
  }

  function beat(
    receiver: TestReceiver,
    over: Partial<HeartbeatBody> = {},
    keys = receiver.keys,
  ): Promise<Answer> {
    const text = JSON.stringify(signHeartbeat(body(over), keys))
    return post(receiver.socketPath, '/v1/heartbeats', { 'content-type': 'application/json' }, text)
  }

  /** Gets a nonce and sends one accepted heartbeat; returns the next nonce. */
  async function accepted(receiver: TestReceiver, over: Partial<HeartbeatBody> = {}): Promise<string> {
    const first = await beat(receiver, over)
    const answer =
      first.status === 200 ? first : await beat(receiver, { ...over, nonce: String(first.body['nonce']) })
    expect(answer.status).toBe(200)
    return String(answer.body['nonce'])
  }

  const startAt = (): Promise<TestReceiver> => start({ now: () => now })

  it('are accepted with the nonce of the last answer', async () => {
    const receiver = await startAt()
    const nonce = await accepted(receiver)
    expect((await beat(receiver, { nonce })).status).toBe(200)
    expect(receiver.heartbeats.map(({ part, receivedAt }) => [part, receivedAt])).toEqual([
      ['edge', now],
      ['edge', now],
    ])
    expect(receiver.kinds()).toEqual([])
  })

  it('without a nonce of ours are given one and not reported', async () => {
    const receiver = await startAt()
    const answer = await beat(receiver)
    expect(answer.status).toBe(409)
    expect(answer.body['nonce']).toMatch(/^[0-9a-f]{32}$/)
    expect(receiver.heartbeats).toEqual([])
    expect(receiver.kinds()).toEqual([])
  })

  it('that come a second time are refused and reported', async () => {
    const receiver = await startAt()
    const nonce = await accepted(receiver)
    expect((await beat(receiver, { nonce })).status).toBe(200)
    expect((await beat(receiver, { nonce })).status).toBe(409)
    expect(receiver.kinds()).toEqual(['heartbeat-replayed'])
    expect(receiver.heartbeats).toHaveLength(2)
  })

  it('with a nonce that was never given are refused and reported', async () => {
    const receiver = await startAt()
    await accepted(receiver)
    expect((await beat(receiver, { nonce: 'made-up' })).status).toBe(409)
    expect(receiver.kinds()).toEqual(['heartbeat-nonce'])
  })

  it.each([
    [30_000, 200],
    [30_001, 422],
    [-30_000, 200],
    [-30_001, 422],
  ])('that are %i ms old are answered with %i', async (ageMs, status) => {
    const receiver = await startAt()
    const nonce = await accepted(receiver)
    const answer = await beat(receiver, { nonce, time: new Date(now - ageMs).toISOString() })
    expect(answer.status).toBe(status)
    expect(receiver.kinds()).toEqual(status === 200 ? [] : ['heartbeat-stale'])
  })

  it('with a changed body are refused and reported', async () => {
    const receiver = await startAt()
    const signed = signHeartbeat(body(), receiver.keys)
    const forged = JSON.stringify({ ...signed, body: signed.body.replace('enforce', 'monitor') })
    const answer = await post(
      receiver.socketPath,
      '/v1/heartbeats',
      { 'content-type': 'application/json' },
      forged,
    )
    expect(answer.status).toBe(401)
    expect(receiver.kinds()).toEqual(['heartbeat-signature'])
  })

  it('in the name of another part are refused and reported', async () => {
    const receiver = await startAt()
    expect((await beat(receiver, { agent: 'ledger/main' })).status).toBe(403)
    expect(receiver.kinds()).toEqual(['foreign-agent'])
  })

  it('with a boot counter that fell are refused and reported, also after a restart of the receiver', async () => {
    const first = await startAt()
    const nonce = await accepted(first)
    expect((await beat(first, { nonce, boot: 2 })).status).toBe(422)
    expect(first.kinds()).toEqual(['boot-fell'])
    await first.close()
    const second = await startAt()
    const challenge = await beat(second)
    expect((await beat(second, { nonce: String(challenge.body['nonce']), boot: 2 })).status).toBe(422)
  })

  it('are compared with the received blocks, whichever comes first', async () => {
    const receiver = await startAt()
    const [a, b] = [lines(1, 2), lines(3, 2)]
    await send(receiver, { blocks: [a] })
    const high = { sequence: 0, hash: chainOf('high', []) }
    let nonce = await accepted(receiver, { lanes: { high, low: { sequence: 2, hash: chainOf('low', [a]) } } })
    const ahead = { high, low: { sequence: 4, hash: chainOf('low', [a, b]) } }
    nonce = String((await beat(receiver, { nonce, lanes: ahead })).body['nonce'])
    await send(receiver, { first: 3, blocks: [b] })
    expect(receiver.kinds()).toEqual([])
    const wrong = { high, low: { sequence: 4, hash: 'ee'.repeat(32) } }
    nonce = String((await beat(receiver, { nonce, lanes: wrong })).body['nonce'])
    expect(receiver.kinds()).toEqual(['chain-mismatch'])
    await beat(receiver, { nonce, lanes: { high, low: { sequence: 5, hash: 'ee'.repeat(32) } } })
    await send(receiver, { first: 5, blocks: [lines(5, 1)] })
    expect(receiver.kinds()).toEqual(['chain-mismatch', 'chain-mismatch'])
  })

  it('with a head that fell are reported', async () => {
    const receiver = await startAt()
    const a = lines(1, 2)
    await send(receiver, { blocks: [a] })
    const high = { sequence: 0, hash: chainOf('high', []) }
    const nonce = await accepted(receiver, {
      lanes: { high, low: { sequence: 2, hash: chainOf('low', [a]) } },
    })
    await beat(receiver, { nonce, lanes: { high, low: { sequence: 0, hash: chainOf('low', []) } } })
    expect(receiver.kinds()).toEqual(['head-fell'])
  })

  it('give back the chain after a gap', async () => {
    const receiver = await startAt()
    const a = lines(1, 1)
    await send(receiver, { blocks: [a] })
    const skipped = lines(2, 1)
    const b = lines(3, 1)
    const previous = chainOf('low', [a, skipped])
    await send(receiver, { first: 3, blocks: [b], headers: { 'sevenfold-after-gap': previous } })
    const high = { sequence: 0, hash: chainOf('high', []) }
    await accepted(receiver, { lanes: { high, low: { sequence: 3, hash: chainOf('low', [a, skipped, b]) } } })
    expect(receiver.kinds()).toEqual(['gap'])
  })

  it.each([
    ['no JSON', '{'],
    ['no envelope', '{"body":1}'],
    ['nothing', ''],
    ['too much', `"${'x'.repeat(140_000)}"`],
  ])('(%s) are refused', async (_name, text) => {
    const receiver = await startAt()
    const answer = await post(
      receiver.socketPath,
      '/v1/heartbeats',
      { 'content-type': 'application/json' },
      text,
    )
    expect([400, 413]).toContain(answer.status)
    expect(receiver.heartbeats).toEqual([])
  })
})
