import type { JsonObject } from '../../core/event/src/index.ts'

/** An event of the made day. */
export interface DayEvent {
  readonly timeMs: number
  readonly event: JsonObject
}

/** An attack hidden in the day, and how it is told that it was not lost. */
export interface Planted {
  readonly name: string
  /** Somebody who must stand in the incident. */
  readonly entity: string
  /** Rules that must stand in the same incident. */
  readonly rules: readonly string[]
}

const dayMs = 86_400_000
const minute = 60_000
/** Start of the made day. */
export const dayStart: number = Date.parse('2026-03-03T00:00:00.000Z')

type Random = () => number
type Fields = Readonly<Record<string, unknown>>

const attackRules = ['770201', '770301', '770401', '770501', '770601', '770701', '770801', '770901']
const below = (random: Random, n: number): number => Math.floor(random() * n)
const address = (random: Random, net: number): string =>
  `${net}.${below(random, 256)}.${below(random, 256)}.${1 + below(random, 254)}`

/** Collects events with their times. */
class Day {
  readonly events: DayEvent[] = []
  #made = 0

  add(timeMs: number, of: string, fields: Fields): void {
    const [layer = '', kind = ''] = of.split('/')
    const { action = kind, outcome, ...rest } = fields
    this.#made += 1
    this.events.push({
      timeMs,
      event: {
        '@timestamp': new Date(timeMs).toISOString(),
        event: {
          id: `d-${this.#made}`,
          action,
          ...(outcome === undefined ? {} : { outcome }),
          dataset: `sevenfold.${layer}.${kind}`,
        },
        agent: { id: `${layer}/main` },
        ...rest,
        sevenfold: { v: 1, kind, layer, lane: 'high', ...(rest['sevenfold'] as Fields | undefined) },
      } as unknown as JsonObject,
    })
  }

  block(timeMs: number, source: string, rule: string, verdict = 'block'): void {
    this.add(timeMs, 'edge/block', {
      source: { ip: source },
      rule: { id: rule },
      url: { path: '/search', original: '/search?q=x' },
      sevenfold: { judgement: { step: 'waf', verdict, rules: [rule] }, site: 'shop' },
    })
  }

  login(timeMs: number, source: string, user: string, outcome: 'success' | 'failure'): void {
    this.add(timeMs, 'runtime/authentication', {
      action: 'login',
      outcome,
      source: { ip: source },
      user: { name: user },
    })
  }

  sink(timeMs: number, source: string, rule: string, verdict = 'block'): void {
    this.add(timeMs, 'runtime/block', {
      source: { ip: source },
      rule: { id: rule },
      sevenfold: { judgement: { step: 'runtime', verdict, rules: [rule] }, site: 'shop' },
    })
  }

  scenario(timeMs: number, source: string): void {
    this.add(timeMs, 'detection/detection', { source: { ip: source }, rule: { id: 'sevenfold/waf-blocks' } })
    this.add(timeMs + 10, 'detection/decision', {
      action: 'decision-add',
      source: { ip: source },
      sevenfold: { decision: { type: 'ban', scope: 'ip', value: source } },
    })
  }

  notice(timeMs: number, layer: string, action: string, part = layer): void {
    this.add(timeMs, `${layer}/notice`, { action, labels: { part }, message: `${action} of ${part}` })
  }

  act(timeMs: number, layer: string, admin: Fields, outcome = 'success'): void {
    this.add(timeMs, `${layer}/admin`, {
      action: `admin-${String(admin['op'])}`,
      outcome,
      sevenfold: { admin },
    })
  }
}

/** Scanners that never stop: refused, recognised, banned. */
function scanners(day: Day, random: Random): void {
  for (let scanner = 0; scanner < 2_600; scanner += 1) {
    const source = address(random, 45)
    const from = dayStart + random() * (dayMs - 2 * minute)
    const kinds = 1 + below(random, attackRules.length)
    const tries = 6 + below(random, 56)
    for (let n = 0; n < tries; n += 1)
      day.block(from + n * 900, source, attackRules[below(random, kinds)] ?? '770201')
    if (tries > 10) day.scenario(from + 10_000, source)
  }
}

/** Stolen passwords tried out from many addresses. */
function stuffing(day: Day, random: Random): void {
  for (let bot = 0; bot < 300; bot += 1) {
    const source = address(random, 91)
    const from = dayStart + 6 * 3_600_000 + random() * 4 * 3_600_000
    for (let n = 0; n < 12 + below(random, 30); n += 1)
      day.login(from + n * 4_000, source, `name${below(random, 9_000)}`, 'failure')
    day.scenario(from + 60_000, source)
  }
}

/** A site in monitor mode whose customers write about computers. */
function falsePositives(day: Day, random: Random): void {
  for (let n = 0; n < 12_000; n += 1)
    day.block(
      dayStart + random() * dayMs,
      `84.${below(random, 4)}.${below(random, 256)}.${1 + below(random, 250)}`,
      '770301',
      'would-block',
    )
}

/** Customers log in; some share an address with a scanner. */
function customers(day: Day, random: Random): void {
  for (let n = 0; n < 20_000; n += 1)
    day.login(
      dayStart + random() * dayMs,
      `84.${below(random, 4)}.${below(random, 256)}.${1 + below(random, 250)}`,
      `customer${below(random, 6_000)}`,
      'success',
    )
  for (let n = 0; n < 14; n += 1) {
    const shared = address(random, 100)
    const at = dayStart + random() * (dayMs - 3_600_000)
    day.block(at, shared, '770201')
    day.login(at + 20 * minute, shared, `mobile${n}`, 'success')
  }
}

/** What a house says of itself on a normal day. */
function housekeeping(day: Day, random: Random): void {
  const at = (): number => dayStart + random() * dayMs
  for (let n = 0; n < 700; n += 1) day.notice(at(), 'edge', 'upstream-failing')
  for (let n = 0; n < 60; n += 1) day.notice(at(), 'runtime', 'sensor-unprotected')
  for (let n = 0; n < 25; n += 1) day.notice(at(), 'edge', 'clock-jump')
  for (let n = 0; n < 40; n += 1) day.notice(at(), 'detection', 'never-banned')
  for (let n = 0; n < 200; n += 1)
    day.act(at(), 'detection', { op: 'decision-remove', actor: `cli:ops${below(random, 3)}` })
  for (let n = 0; n < 8; n += 1) day.notice(at(), 'runtime', 'sensor-lost')
  for (let n = 0; n < 5; n += 1) day.notice(at(), 'supervisor', 'part-died', 'collector')
  day.act(dayStart + 9 * 3_600_000, 'edge', { op: 'mode', actor: 'cli:ops1', from: 'enforce', to: 'monitor' })
  for (let n = 0; n < 400; n += 1)
    day.add(at(), 'network/block', {
      event: { category: ['network'], action: 'block', dataset: 'sevenfold.network.block' },
      source: { ip: `10.0.0.${1 + below(random, 60)}` },
    })
}

type Plant = (day: Day, hour: (h: number) => number) => Planted

const plants: readonly Plant[] = [
  (day, hour) => {
    for (let n = 0; n < 9; n += 1) day.block(hour(1) + n * 5_000, '45.7.7.1', '770201')
    day.sink(hour(1) + 70_000, '45.7.7.1', 'runtime/sql-injection')
    return {
      name: 'an injection that passes the edge',
      entity: '45.7.7.1',
      rules: ['runtime-attack-stopped', 'edge-attack-refused'],
    }
  },
  (day, hour) => {
    for (let n = 0; n < 22; n += 1) day.login(hour(7) + n * 3_000, '91.7.7.2', 'eve', 'failure')
    day.login(hour(7) + 120_000, '91.7.7.2', 'eve', 'success')
    return { name: 'a guessed password', entity: '91.7.7.2', rules: ['login-guessed'] }
  },
  (day, hour) => {
    day.block(hour(2), '185.7.7.3', '770301', 'would-block')
    day.scenario(hour(3.2), '185.7.7.3')
    day.sink(hour(5), '185.7.7.3', 'runtime/path-traversal', 'would-block')
    return {
      name: 'low and slow over three hours',
      entity: '185.7.7.3',
      rules: ['edge-attack-watched', 'detection-scenario', 'runtime-attack-watched'],
    }
  },
  (day, hour) => {
    day.act(hour(13), 'edge', { op: 'mode', actor: 'cli:mallory', from: 'enforce', to: 'off' })
    day.act(hour(13) + minute, 'edge', { op: 'fix', actor: 'cli:mallory' })
    return {
      name: 'an insider who weakens the edge',
      entity: 'cli:mallory',
      rules: ['mode-weakened', 'fix-added'],
    }
  },
  (day, hour) => {
    day.notice(hour(14), 'alerts', 'silence-muted', 'detection')
    return { name: 'a muted log', entity: 'detection', rules: ['part-muted'] }
  },
  (day, hour) => {
    day.notice(hour(15), 'alerts', 'silence-rollback', 'ledger')
    return { name: 'a ledger that was rolled back', entity: 'ledger', rules: ['ledger-rolled-back'] }
  },
  (day, hour) => {
    day.sink(hour(16), '45.7.7.7', 'runtime/ssrf')
    return { name: 'a call to the metadata service', entity: '45.7.7.7', rules: ['runtime-ssrf'] }
  },
  (day, hour) => {
    day.sink(hour(17), '45.7.7.8', 'runtime/command-injection', 'would-block')
    return { name: 'a program started by a request', entity: '45.7.7.8', rules: ['runtime-code-execution'] }
  },
  (day, hour) => {
    for (let n = 0; n < 90; n += 1)
      day.add(hour(18) + n * 1_000, 'network/access', {
        source: { ip: '10.9.8.7' },
        dns: { question: { name: `x${n}.bad.example`, registered_domain: 'bad.example' } },
      })
    return { name: 'data that leaves in names', entity: '10.9.8.7', rules: ['dns-tunnel'] }
  },
  (day, hour) => {
    for (let n = 0; n < 6; n += 1)
      day.login(hour(19) + n * 5 * minute, `203.0.113.${n + 1}`, 'grace', 'success')
    return { name: 'one account from many places', entity: 'grace', rules: ['login-many-places'] }
  },
  (day, hour) => {
    day.block(hour(20), '100.7.7.9', '770201')
    day.login(hour(20.2), '100.7.7.9', 'frank', 'success')
    day.sink(hour(20.5), '100.7.7.9', 'runtime/nosql-injection')
    return {
      name: 'one of many alike that goes further',
      entity: '100.7.7.9',
      rules: ['edge-attack-then-login', 'runtime-attack-stopped'],
    }
  },
  (day, hour) => {
    day.notice(hour(21), 'ledger', 'receive-bad-signature')
    return { name: 'a stranger who writes evidence', entity: 'ledger', rules: ['ledger-stranger'] }
  },
]

/** A made day of a busy site with attacks hidden in it; the same for the same random numbers. */
export function makeDay(random: Random): {
  readonly events: readonly DayEvent[]
  readonly planted: readonly Planted[]
} {
  const day = new Day()
  for (const fill of [scanners, stuffing, falsePositives, customers, housekeeping]) fill(day, random)
  const planted = plants.map((plant) => plant(day, (hour) => dayStart + hour * 3_600_000))
  return { events: day.events.toSorted((a, b) => a.timeMs - b.timeMs), planted }
}
