import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecisionStore } from '../decisions/decision-store.ts'
import type { DecisionWish } from '../decisions/decision-store.ts'
import { BouncerStream, maxCursors } from './bouncer-stream.ts'
import type { StreamRequest } from './bouncer-stream.ts'

const everything = (): boolean => true
function bench() {
  const time = { now: 0 }
  const store = new DecisionStore({
    now: () => time.now,
    newUuid: () => '',
    journal: { append: () => undefined },
  })
  return { time, store, stream: new BouncerStream(store) }
}
const ban = (value: string, untilMs: number, change: Partial<DecisionWish> = {}): DecisionWish => ({
  type: 'ban',
  scope: 'ip',
  value,
  untilMs,
  origin: 'test',
  scenario: 'test',
  simulated: false,
  ...change,
})
const ask = (change: Partial<StreamRequest> = {}): StreamRequest => ({
  client: { bouncer: 'b', address: '::1' },
  startup: false,
  filter: everything,
  ...change,
})

describe('what a bouncer is given', () => {
  it('leads it to the bans that there are, whatever happens and whichever answers get lost', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('add' as const),
        value: fc.nat(4),
        lasts: fc.integer({ min: 1, max: 40 }),
        simulated: fc.boolean(),
        isList: fc.boolean(),
      }),
      fc.record({ kind: fc.constant('remove' as const), id: fc.nat(25) }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(25) }),
      fc.record({ kind: fc.constant('pull' as const), isLost: fc.boolean() }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, onlyLists) => {
        const { time, store, stream } = bench()
        const held = new Map<string, number>()
        const filter: StreamRequest['filter'] = onlyLists ? ({ origin }) => origin === 'lists' : everything
        const pull = (startup: boolean, isLost = false): void => {
          const answer = stream.answer(ask({ startup, filter }))
          if (isLost) return
          // As bouncers do: what is deleted first, then what is new.
          for (const { value } of answer.deleted) held.delete(value)
          for (const { value, untilMs } of answer.new) held.set(value, untilMs)
          answer.commit()
        }
        pull(true)
        for (const one of steps) {
          if (one.kind === 'add')
            store.add(
              ban(`v${one.value}`, time.now + one.lasts, {
                simulated: one.simulated,
                origin: one.isList ? 'lists' : 'x',
              }),
            )
          else if (one.kind === 'remove') store.remove(one.id, '')
          else if (one.kind === 'wait') time.now += one.ms
          else pull(false, one.isLost)
          store.expire()
        }
        pull(false)
        const wanted = new Set(
          store
            .active()
            .filter((one) => !one.simulated && filter(one))
            .map(({ value }) => value),
        )
        expect(new Set(held.keys())).toEqual(wanted)
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 300) },
    )
  })

  it('is the same at the start as by deltas', () => {
    const { store, stream } = bench()
    store.addAll([
      ban('a', 10),
      ban('a', 30),
      ban('a', 20),
      ban('a', 5, { type: 'captcha' }),
      ban('b', 9, { simulated: true }),
    ])
    const start = stream.answer(ask({ startup: true }))
    expect(start.new.map(({ type, untilMs }) => [type, untilMs])).toEqual([
      ['ban', 30],
      ['captcha', 5],
    ])
    expect(stream.answer(ask({ startup: true, dedup: false })).new).toHaveLength(4)
  })

  it('is kept apart for each address behind one key', () => {
    const { store, stream } = bench()
    const from = (address: string) => ask({ client: { bouncer: 'b', address } })
    stream.answer(from('::1')).commit()
    store.add(ban('a', 10))
    stream.answer(from('::1')).commit()
    expect(stream.answer(from('::1')).new).toEqual([])
    expect(stream.answer(from('::2')).new).toHaveLength(1)
    stream.forget('b')
    expect(stream.answer(from('::1')).new).toHaveLength(1)
  })

  it('is everything again for the one that was away longest, when very many ask', () => {
    const { store, stream } = bench()
    store.add(ban('a', 10))
    for (let i = 0; i <= maxCursors; i += 1)
      stream.answer(ask({ client: { bouncer: 'b', address: String(i) } })).commit()
    expect(stream.answer(ask({ client: { bouncer: 'b', address: '0' } })).new).toHaveLength(1)
    expect(stream.answer(ask({ client: { bouncer: 'b', address: '1' } })).new).toEqual([])
  })
})
