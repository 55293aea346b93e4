import { describe, expect, it } from 'vitest'
import { GuardServices } from './guard-services.ts'
import type { GuardServicesOptions } from './guard-services.ts'

function servicesOf(change: Partial<GuardServicesOptions> = {}) {
  const notices: string[] = []
  const services = new GuardServices({
    config: { workers: 2 },
    secret: Buffer.alloc(32, 1),
    monotonicMs: () => 1,
    now: () => 1,
    send: null,
    notice: (action, message) => void notices.push(`${action}: ${message}`),
    finding: () => undefined,
    ...change,
  })
  return { services, notices }
}

describe('the services of a worker', () => {
  it('name a client that makes most of many requests, and nobody else', () => {
    const { services, notices } = servicesOf()
    for (let i = 0; i < 8000; i += 1)
      services.hitters.add(i % 4 === 0 ? `192.0.2.${i % 200}` : '198.51.100.7')
    services.nameHeavy()
    expect(notices).toEqual(['heavy-hitter: 198.51.100.7 makes 75 % of 8000 requests'])
    for (let i = 0; i < 2000; i += 1) services.hitters.add(`10.0.${i >>> 8}.${i & 255}`)
    notices.length = 0
    const fresh = servicesOf()
    for (let i = 0; i < 2000; i += 1) fresh.services.hitters.add('198.51.100.7')
    fresh.services.nameHeavy()
    expect(fresh.notices).toEqual([])
  })

  it('tell the others what was counted here, and take in what they counted', () => {
    const sent: unknown[] = []
    const one = servicesOf({ send: (message) => void sent.push(message) }).services
    const two = servicesOf({ send: () => undefined }).services
    const allowance = { emissionMs: 1000, windowMs: 1000 }
    one.keys.client('192.0.2.1')
    expect(one.shared.table.charge(one.keys.address(1), allowance, 1)).toBe(0)
    one.exchange()
    expect(sent).toHaveLength(1)
    const [update] = sent as [Parameters<GuardServices['take']>[0]]
    two.take(update)
    two.keys.client('192.0.2.1')
    expect(two.shared.table.charge(two.keys.address(1), allowance, 1)).toBeGreaterThan(0)
    two.exchange()
    one.exchange()
    expect(sent).toHaveLength(1)
  })

  it('turn away the clients that most work was made for before anybody else', () => {
    const spared = { heldBack: 0, spares: (client: string) => client !== '198.51.100.7' }
    const { services } = servicesOf({ inspections: spared })
    services.gauge.share = 1
    expect(services.turnsAway('192.0.2.1')).toBe(false)
    expect(services.turnsAway('198.51.100.7')).toBe(true)
    services.gauge.share = 0
    expect(services.turnsAway('198.51.100.7')).toBe(false)
    const alike = servicesOf({ inspections: { heldBack: 0, spares: () => false } }).services
    alike.gauge.share = 1
    expect(alike.turnsAway('192.0.2.1')).toBe(true)
    const blind = servicesOf().services
    blind.gauge.share = 1
    expect(blind.turnsAway('192.0.2.1')).toBe(true)
  })

  it('of a single worker count for themselves', () => {
    const { services } = servicesOf()
    services.keys.client('192.0.2.1')
    services.shared.table.charge(services.keys.address(1), { emissionMs: 1, windowMs: 1 }, 1)
    services.exchange()
    expect(services.shared.exact).toBeNull()
  })
})
