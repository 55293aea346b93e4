import { describe, expect, it } from 'vitest'
import type { HeartbeatBody } from '@sevenfold/event'
import { HouseWatch } from '../src/silence/house-watch.ts'
import type { BeatPath } from '../src/silence/house-watch.ts'
import { startMs } from './made-event.ts'

const limits = { suspectAfterMs: 32_000, darkAfterMs: 42_000, pathPatienceMs: 60_000, canaryAgeMs: 150_000 }
const second = 1_000

interface BeatFacts extends Partial<Omit<HeartbeatBody, 'lanes'>> {
  readonly written?: number
}

function beatOf(agent: string, at: number, { written = 0, ...more }: BeatFacts = {}): HeartbeatBody {
  const hash = '0'.repeat(64)
  return {
    v: 1,
    agent,
    epoch: 'e',
    boot: 1,
    time: new Date(startMs + at).toISOString(),
    nonce: '',
    mode: 'enforce',
    lanes: { high: { sequence: written, hash }, low: { sequence: 0, hash } },
    counters: {},
    config: '',
    expiry: {},
    ...more,
  }
}

class House {
  readonly watch: HouseWatch
  #sequence = new Map<string, number>()

  constructor(more: { readonly directRequests?: number } = {}) {
    this.watch = new HouseWatch({ ...limits, ...more })
  }

  /** A healthy beat: its event arrives too. */
  beat(
    agent: string,
    at: number,
    facts: BeatFacts = {},
    paths: readonly BeatPath[] = ['ledger', 'probe'],
  ): void {
    const sequence = (this.#sequence.get(agent) ?? 0) + 1
    this.#sequence.set(agent, sequence)
    this.watch.arrivals.take(agent, 'e', 'high', sequence)
    for (const [n, path] of paths.entries())
      this.watch.beat(beatOf(agent, at + n, { written: sequence, ...facts }), path, startMs + at + n)
  }

  found(at: number, isBehind = false): string[] {
    return this.watch
      .findings(startMs + at, isBehind)
      .map(({ kind, agent, part }) => `${kind} ${agent ?? part}`)
  }
}

const parts = ['ledger/main', 'edge/main', 'edge/w0', 'detection/main', 'collector/main']

describe('HouseWatch', () => {
  it('is content while everybody beats and everything arrives', () => {
    const house = new House()
    for (let at = 0; at < 200 * second; at += 10 * second) {
      for (const agent of parts) house.beat(agent, at)
      expect(house.found(at + 1)).toEqual([])
    }
  })
  it('finds a part that stops, within 45 s of its last beat and not before it is sure', () => {
    const house = new House()
    for (const agent of parts) house.beat(agent, 0)
    for (let at = 10 * second; at <= 50 * second; at += 10 * second)
      for (const agent of parts.filter((name) => name !== 'edge/main')) house.beat(agent, at)
    expect(house.found(41 * second)).toEqual([])
    expect(house.found(43 * second)).toEqual(['dark edge/main'])
  })
  it('says that a part is unreachable and not dark while it answers when asked', () => {
    const house = new House()
    for (const agent of parts) house.beat(agent, 0)
    for (let at = 10 * second; at <= 40 * second; at += 10 * second) {
      for (const agent of parts.filter((name) => name !== 'detection/main')) house.beat(agent, at)
      house.watch.beat(beatOf('detection/main', at, { written: 1 }), 'probe', startMs + at)
    }
    expect(house.found(45 * second)).toEqual(['unreachable detection/main'])
  })
  it('believes others who reach a part, before it is taken for dead', () => {
    const house = new House()
    for (const agent of parts) house.beat(agent, 0)
    for (let at = 10 * second; at <= 60 * second; at += 10 * second) {
      const counters = { sevenfold_peer_detection_total: at / second }
      for (const agent of parts.filter((name) => name !== 'detection/main'))
        house.beat(agent, at, { counters })
    }
    expect(house.found(61 * second)).toEqual(['unreachable detection/main'])
  })
  it('finds a live part whose log is muted while its counters rise, within two minutes', () => {
    const house = new House()
    for (const agent of parts) house.beat(agent, 0)
    for (let at = 10 * second; at <= 90 * second; at += 10 * second) {
      for (const agent of parts.filter((name) => name !== 'detection/main')) house.beat(agent, at)
      const counters = { sevenfold_detection_lines_total: at }
      house.watch.beat(beatOf('detection/main', at, { written: 1, counters }), 'probe', startMs + at)
    }
    expect(house.found(90 * second)).toContain('muted detection/main')
  })
  it('finds an edge that refuses and does not tell, although it writes', () => {
    const house = new House()
    for (let at = 0; at <= 100 * second; at += 10 * second)
      house.beat(
        'edge/w0',
        at,
        { counters: { sevenfold_edge_blocked_total: at / 100, sevenfold_edge_requests_total: at / 100 } },
        ['ledger'],
      )
    expect(house.found(100 * second)).toEqual(['muted edge/w0'])
    house.watch.refusal('edge/w0', 1_000)
    expect(house.found(100 * second)).toEqual([])
  })
  it('finds events that were written and held back', () => {
    const house = new House()
    for (const agent of parts) house.beat(agent, 0)
    for (let at = 10 * second; at <= 90 * second; at += 10 * second) {
      for (const agent of parts.filter((name) => name !== 'detection/main')) house.beat(agent, at)
      house.watch.beat(beatOf('detection/main', at, { written: 1 + at / second }), 'probe', startMs + at)
    }
    expect(house.found(90 * second)).toEqual(['stalled detection/main'])
  })
  it('makes one finding about the ledger when nothing of anybody arrives', () => {
    const house = new House()
    for (const agent of parts) house.beat(agent, 0)
    for (let at = 10 * second; at <= 70 * second; at += 10 * second)
      for (const agent of parts.filter((name) => name !== 'edge/w0'))
        house.watch.beat(beatOf(agent, at, { written: 1 + at / second }), 'probe', startMs + at)
    expect(house.found(70 * second).filter((text) => !text.includes('edge/w0'))).toEqual([
      'unreachable ledger',
    ])
  })
  it('blames a dark ledger and not those who wait for it', () => {
    const house = new House()
    for (const agent of parts) house.beat(agent, 0)
    for (let at = 10 * second; at <= 80 * second; at += 10 * second)
      for (const agent of parts.filter((name) => name !== 'ledger/main' && name !== 'edge/w0'))
        house.watch.beat(beatOf(agent, at, { written: 1 + at / second }), 'probe', startMs + at)
    expect(house.found(80 * second).filter((text) => !text.includes('edge/w0'))).toEqual(['dark ledger/main'])
  })
  it('says nothing of writers without a probe while it has not read what they wrote', () => {
    const house = new House()
    house.beat('edge/w0', 0, {}, ['ledger'])
    expect(house.found(100 * second, true)).toEqual([])
    expect(house.found(100 * second, false)).toEqual(['dark edge/w0'])
  })
  it('finds a layer that lets its canary through, and one whose canaries stopped', () => {
    const house = new House()
    const canary = (ok: boolean, at: number): BeatFacts => ({
      canary: { ok, time: new Date(startMs + at).toISOString() },
    })
    house.beat('edge/main', 0, canary(true, 0))
    expect(house.found(1)).toEqual([])
    house.beat('edge/main', 10 * second, canary(false, 9 * second))
    expect(house.found(11 * second)).toEqual(['canary edge'])
    house.beat('edge/main', 20 * second, canary(true, 19 * second))
    expect(house.found(21 * second)).toEqual([])
    for (let at = 30 * second; at <= 200 * second; at += 10 * second)
      house.beat('edge/main', at, canary(true, 19 * second))
    expect(house.found(200 * second)).toEqual(['canary edge'])
  })
  it('finds a layer that never had a canary after five minutes', () => {
    const house = new House()
    for (let at = 0; at <= 310 * second; at += 10 * second) {
      house.beat('edge/main', at)
      house.beat('collector/main', at)
    }
    expect(house.found(310 * second)).toEqual(['canary edge'])
  })
  /** Ten minutes of an edge and the log of its site; what each counted by a time. */
  const traffic = (house: House, passed: (at: number) => number, logged: (at: number) => number): void => {
    for (let at = 0; at <= 600 * second; at += 10 * second) {
      const edge = {
        sevenfold_edge_upstream_requests_total: passed(at),
        sevenfold_edge_upstream_requests_shop_total: passed(at),
      }
      house.beat('edge/w0', at, { counters: edge }, ['ledger'])
      house.beat('detection/main', at, { counters: { sevenfold_detection_requests_shop_total: logged(at) } })
      house.beat('runtime/main', at, { counters: { sevenfold_runtime_requests_total: logged(at) } })
    }
  }
  const kinds = (house: House): string[] =>
    house.watch
      .findings(startMs + 601 * second, false)
      .filter(({ kind }) => kind !== 'canary')
      .map(({ message }) => message)

  it('finds requests that reached the application past the edge', () => {
    const house = new House()
    traffic(
      house,
      () => 95,
      (at) => (at < 560 * second ? 95 : 105),
    )
    expect(kinds(house)).toEqual([
      'the log of site shop shows 10 requests in 50 s, and at most 0 came through the edge',
    ])
  })
  it('finds them where the edge never passed a request on to the site', () => {
    const house = new House()
    for (let at = 0; at <= 120 * second; at += 10 * second) {
      house.beat('edge/w0', at, { counters: { sevenfold_edge_upstream_requests_total: 0 } }, ['ledger'])
      house.beat('detection/main', at, {
        counters: { sevenfold_detection_requests_shop_total: at < 80 * second ? 0 : 12 },
      })
    }
    expect(house.found(121 * second)).toEqual(['edge-bypassed edge'])
  })
  it('bears the direct requests that are usual', () => {
    const house = new House({ directRequests: 6 })
    traffic(
      house,
      () => 0,
      (at) => at / 10_000,
    )
    expect(kinds(house)).toEqual([])
  })
  it("finds an application's log that went silent while requests go there", () => {
    const house = new House()
    traffic(
      house,
      (at) => at / 500,
      (at) => Math.min(at, 470 * second) / 500,
    )
    expect(kinds(house)).toEqual([
      'the edge passed 140 requests on to site shop in 90 s, and its log shows none',
    ])
  })
  it('is content while edge, agent and log agree, and where a log shows logins besides requests', () => {
    const house = new House()
    traffic(
      house,
      (at) => at / 100,
      (at) => Math.max(0, at - 10 * second) / 100,
    )
    house.beat('detection/main', 601 * second, { counters: { sevenfold_detection_lines_total: 1e6 } })
    expect(kinds(house)).toEqual([])
  })
  it('finds a ledger that shows less than a witness saw, once', () => {
    const house = new House()
    const note = (size: number, letter: string): string => `ledger\n${size}\n${letter.repeat(43)}=\n\n— x y\n`
    house.watch.takeCheckpoint(note(50, 'A'), { nowMs: startMs })
    house.beat('edge/main', 0, { checkpoint: note(90, 'B') })
    expect(house.watch.takeCheckpoint(note(50, 'A'), { nowMs: startMs + 1 })).toBe(true)
    expect(house.found(2)).toEqual(['rollback ledger'])
    expect(house.watch.takeCheckpoint(note(60, 'C'), { nowMs: startMs + 3 })).toBe(false)
    expect(house.found(4)).toEqual([])
  })
  it('names what expires, with the days that are left', () => {
    const house = new House()
    house.beat('edge/main', 0, { expiry: { certificates: new Date(startMs + 6 * 86_400_000).toISOString() } })
    expect(house.watch.findings(startMs, false)).toMatchObject([
      { kind: 'expiry', days: 7, agent: 'edge/main' },
    ])
    expect(house.found(1)).toEqual([])
  })
  it('takes an older statement that arrives late for nothing new', () => {
    const house = new House()
    house.beat('edge/main', 10 * second, { written: 10 })
    house.watch.beat(beatOf('edge/main', 0, { written: 2 }), 'ledger', startMs + 11 * second)
    expect(house.found(12 * second)).toEqual([])
  })
  it('expects after a restart those whom it knew', () => {
    const house = new House()
    for (const agent of parts) house.beat(agent, 0)
    const later = new HouseWatch(limits)
    later.restore(house.watch.dump(), ['edge/main'], startMs)
    expect(later.findings(startMs + 43 * second, false)).toMatchObject([{ kind: 'dark', agent: 'edge/main' }])
  })
})
