import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BanTable } from './ban-table.ts'
import type { BanEntry } from './ban-table.ts'

const now = 1_800_000_000

function entry(value: string, change: Partial<BanEntry> = {}): BanEntry {
  return { value, kind: 'ban', until: now + 100, decision: 1, scenario: 's', origin: 'o', ...change }
}

function tableOf(...entries: BanEntry[]): BanTable {
  const table = new BanTable(1)
  for (const one of entries) expect(table.set(one)).toBe(true)
  return table
}

describe('BanTable', () => {
  it('finds addresses and ranges of both families', () => {
    const table = tableOf(
      entry('192.0.2.7'),
      entry('198.51.100.0/24'),
      entry('2001:db8::/32'),
      entry('2a00::1'),
    )
    for (const hit of [
      '192.0.2.7',
      '198.51.100.1',
      '198.51.100.255',
      '2001:db8:1::9',
      '2a00::1',
      '::ffff:192.0.2.7',
    ]) {
      expect(table.lookup(hit, now)?.kind, hit).toBe('ban')
    }
    for (const miss of ['192.0.2.8', '198.51.101.0', '2001:db9::', '2a00::2', 'no address', '']) {
      expect(table.lookup(miss, now), miss).toBeNull()
    }
  })

  it('says which decision holds, the narrowest first', () => {
    const table = tableOf(
      entry('10.0.0.0/8', { scenario: 'wide', decision: 1 }),
      entry('10.1.0.0/16', { scenario: 'narrow', decision: 2, origin: 'lists' }),
    )
    expect(table.lookup('10.1.2.3', now)).toMatchObject({ scenario: 'narrow', decision: 2, origin: 'lists' })
    expect(table.lookup('10.2.2.3', now)).toMatchObject({ scenario: 'wide', decision: 1 })
  })

  it('lets an allow end every ban on the address', () => {
    const table = tableOf(entry('10.1.2.3'), entry('10.0.0.0/8', { kind: 'allow' }))
    expect(table.lookup('10.1.2.3', now)?.kind).toBe('allow')
  })

  it('forgets what ended, exactly at its end', () => {
    const table = tableOf(entry('10.1.2.3', { until: now }), entry('10.1.2.4', { until: now + 1 }))
    expect(table.lookup('10.1.2.3', now)).toBeNull()
    expect(table.lookup('10.1.2.4', now)).not.toBeNull()
    expect(table.sweep(now)).toBe(1)
    expect(table.size).toBe(1)
  })

  it('replaces and removes entries', () => {
    const table = tableOf(entry('10.1.2.3'), entry('10.1.2.3', { scenario: 'again' }))
    expect(table.size).toBe(1)
    expect(table.lookup('10.1.2.3', now)?.scenario).toBe('again')
    table.delete('10.1.2.3')
    table.delete('10.1.2.3')
    expect(table.size).toBe(0)
    expect(table.lookup('10.1.2.3', now)).toBeNull()
  })

  it('refuses what is no address and changes its version with every change', () => {
    const table = new BanTable(1)
    expect(table.set(entry('shop.example'))).toBe(false)
    expect(table.version).toBe(0)
    table.set(entry('10.0.0.1'))
    const before = table.version
    table.delete('10.0.0.1')
    expect(table.version).toBeGreaterThan(before)
  })

  it('holds 500,000 entries in at most 32 MiB and finds them all', () => {
    const table = new BanTable(7)
    const address = (i: number): string =>
      `${10 + (i >>> 24)}.${(i >>> 16) & 255}.${(i >>> 8) & 255}.${i & 255}`
    for (let i = 0; i < 500_000; i += 1) table.set(entry(address(i * 7)))
    expect(table.size).toBe(500_000)
    expect(table.bytes).toBeLessThanOrEqual(32 * 1024 * 1024)
    for (let i = 0; i < 500_000; i += 997) expect(table.lookup(address(i * 7), now)).not.toBeNull()
    expect(table.lookup(address(1), now)).toBeNull()
  })

  it('does not grow for ever when entries come and go', () => {
    const table = new BanTable(7)
    for (let i = 0; i < 200_000; i += 1) {
      table.set(entry(`10.${(i >>> 16) & 255}.${(i >>> 8) & 255}.${i & 255}`))
      if (i >= 100)
        table.delete(`10.${((i - 100) >>> 16) & 255}.${((i - 100) >>> 8) & 255}.${(i - 100) & 255}`)
    }
    expect(table.size).toBe(100)
    expect(table.bytes).toBeLessThan(256 * 1024)
  })

  it('agrees with a plain list, whatever is done to it', () => {
    const value = fc.oneof(
      fc
        .tuple(
          fc.constantFrom(10, 11),
          fc.nat(3),
          fc.nat(3),
          fc.nat(3),
          fc.constantFrom('', '/8', '/16', '/24', '/32'),
        )
        .map(([a, b, c, d, prefix]) => `${a}.${b}.${c}.${d}${prefix}`),
      fc
        .tuple(fc.nat(3), fc.constantFrom('', '/32', '/64', '/128'))
        .map(([a, prefix]) => `2001:db8:${a}::1${prefix}`),
    )
    const step = fc.record({
      value,
      remove: fc.boolean(),
      until: fc.integer({ min: now - 2, max: now + 2 }),
      kind: fc.constantFrom('ban' as const, 'ban' as const, 'allow' as const),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), value, (steps, probe) => {
        const table = new BanTable(3)
        const plain = new Map<string, { until: number; kind: 'ban' | 'allow' }>()
        for (const { value, remove, until, kind } of steps) {
          const key = normal(value)
          if (remove) {
            table.delete(value)
            plain.delete(key)
          } else {
            table.set(entry(value, { until, kind }))
            plain.set(key, { until, kind })
          }
        }
        const address = probe.split('/')[0] ?? ''
        const hits = [...plain]
          .filter(([key, { until }]) => until > now && covers(key, address))
          .map(([, e]) => e.kind)
        const expected = hits.includes('allow') ? 'allow' : hits.length > 0 ? 'ban' : undefined
        expect(table.lookup(address, now)?.kind).toBe(expected)
        expect(table.size).toBe(plain.size)
      }),
      { numRuns: 500, verbose: 1 },
    )
  })
})

/** A range as a string of bits. */
function bitsOf(text: string): string {
  if (!text.includes(':')) {
    return (
      '0'.repeat(80) +
      '1'.repeat(16) +
      text
        .split('.')
        .map((octet) => Number(octet).toString(2).padStart(8, '0'))
        .join('')
    )
  }
  const [left = '', right = ''] = text.split('::')
  const groups = left.split(':').filter(Boolean)
  const tail = right.split(':').filter(Boolean)
  const all = [...groups, ...Array.from({ length: 8 - groups.length - tail.length }, () => '0'), ...tail]
  return all.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('')
}

function normal(value: string): string {
  const [address = '', prefix] = value.split('/')
  const full = address.includes(':') ? 128 : 32
  const length = (prefix === undefined ? full : Number(prefix)) + (128 - full)
  return bitsOf(address).slice(0, length)
}

function covers(key: string, address: string): boolean {
  return bitsOf(address).startsWith(key)
}
