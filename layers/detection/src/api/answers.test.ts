import { createServer, get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '@sevenfold/testkit'
import type { DecisionScope } from '@sevenfold/event'
import { systemClock } from '@sevenfold/layer'
import { toCrowdsec } from '../decisions/stored-decision.ts'
import type { StoredDecision } from '../decisions/stored-decision.ts'
import { closeServer, listenOnAddress } from '../servers.ts'
import { expandRange, maxExpandedAddresses } from './expand-ranges.ts'
import { Presence } from './presence.ts'
import { decisionRenderer, streamRenderer } from './render-decisions.ts'
import { sendText } from './send-text.ts'

const scopes: readonly DecisionScope[] = ['ip', 'range', 'country', 'as', 'username', 'session']
const anyDecision = fc.record<StoredDecision>({
  id: fc.nat(),
  uuid: fc.string(),
  type: fc.string(),
  scope: fc.constantFrom(...scopes),
  value: fc.string({ unit: 'grapheme' }),
  untilMs: fc.integer({ min: 0, max: 4e12 }),
  origin: fc.string(),
  scenario: fc.string({ unit: 'grapheme' }),
  simulated: fc.boolean(),
})

describe('decisions as text', () => {
  it('are the same JSON as when they are rendered field by field', () => {
    fc.assert(
      fc.property(anyDecision, fc.integer({ min: 0, max: 4e12 }), (decision, nowMs) => {
        const { simulated = false, ...fields } = toCrowdsec(decision, nowMs)
        expect(JSON.parse(decisionRenderer(nowMs)(decision))).toEqual({ ...fields, simulated })
        const { until: _, ...streamed } = fields
        expect(JSON.parse(streamRenderer(nowMs)(decision))).toEqual(streamed)
      }),
    )
  })
})

describe('ranges for bouncers that hold addresses only', () => {
  const range = (value: string): StoredDecision => ({
    id: 1,
    uuid: '',
    type: 'ban',
    scope: 'range',
    value,
    untilMs: 0,
    origin: '',
    scenario: '',
    simulated: false,
  })

  it.each([
    ['192.0.2.0/24', maxExpandedAddresses],
    ['192.0.2.0/23', 1],
    ['2001:db8::/120', maxExpandedAddresses],
    ['2001:db8::/64', 1],
    ['192.0.2.7/32', 1],
  ])('%s are %i', (value, count) => {
    const spelled = expandRange(range(value))
    expect(spelled).toHaveLength(count)
    expect(new Set(spelled.map((one) => one.value)).size).toBe(count)
  })

  it('keep everything else of the decision', () => {
    expect(expandRange(range('192.0.2.0/31'))[1]).toMatchObject({ id: 1, scope: 'ip', value: '192.0.2.1' })
    const user = { ...range('ana'), scope: 'username' as const }
    expect(expandRange(user)).toEqual([user])
  })
})

describe('long answers', () => {
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  const piece = 'x'.repeat(262_144)

  async function answer(
    pieces: readonly string[],
    maxStallMs: number,
  ): Promise<{ response: IncomingMessage; sent: Promise<boolean> }> {
    const server = createServer()
    const sent = new Promise<boolean>((resolve) => {
      server.on('request', (_request, response) => {
        resolve(sendText(response, pieces, { after: (ms, run) => systemClock.after(ms, run), maxStallMs }))
      })
    })
    closing.push(() => closeServer(server))
    const port = await listenOnAddress(server, { host: '127.0.0.1', port: 0 })
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ host: '127.0.0.1', port, agent: false }, resolve).on('error', reject)
    })
    response.on('error', () => undefined)
    return { response, sent }
  }

  it('come whole to a reader that takes them', async () => {
    const { response, sent } = await answer(
      Array.from({ length: 20 }, () => piece),
      10_000,
    )
    let length = 0
    for await (const chunk of response as AsyncIterable<Buffer>) length += chunk.length
    expect([length, await sent]).toEqual([20 * piece.length, true])
  })

  it('are cut off for one that takes nothing', async () => {
    const { response, sent } = await answer(
      Array.from({ length: 200 }, () => piece),
      50,
    )
    response.pause()
    expect(await sent).toBe(false)
  })

  it('end when the reader goes away', async () => {
    const { response, sent } = await answer(
      Array.from({ length: 200 }, () => piece),
      60_000,
    )
    response.destroy()
    expect(await sent).toBe(false)
  })
})

describe('who was there', () => {
  it('is remembered with the last metrics, until they are removed', () => {
    const clock = createFakeClock(0)
    const presence = new Presence(() => clock.now())
    presence.note('bouncer a', { address: '::1', agent: 'x'.repeat(500) }, { n: 1 })
    clock.advance(1_000)
    presence.note('bouncer a', { address: '::2', agent: 'y' })
    expect(presence.get('bouncer a')).toEqual({
      lastSeen: '1970-01-01T00:00:01.000Z',
      address: '::2',
      agent: 'y',
      metrics: { n: 1 },
    })
    presence.forget('bouncer a')
    expect(presence.get('bouncer a')).toBeUndefined()
  })
})
