import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseIpInto, parseIpRange } from './ip-words.ts'

function words(text: string): string | null {
  const into = new Uint32Array(4)
  if (!parseIpInto(text, into)) return null
  return Array.from(into, (word) => word.toString(16).padStart(8, '0')).join(':')
}

describe('parseIpInto', () => {
  const cases: Readonly<Record<string, string>> = {
    '0.0.0.0': '00000000:00000000:0000ffff:00000000',
    '192.0.2.7': '00000000:00000000:0000ffff:c0000207',
    '255.255.255.255': '00000000:00000000:0000ffff:ffffffff',
    '::ffff:192.0.2.7': '00000000:00000000:0000ffff:c0000207',
    '::': '00000000:00000000:00000000:00000000',
    '::1': '00000000:00000000:00000000:00000001',
    '2001:db8::': '20010db8:00000000:00000000:00000000',
    '2001:DB8:1:2:3:4:5:6': '20010db8:00010002:00030004:00050006',
    'fe80::1:2': 'fe800000:00000000:00000000:00010002',
  }
  for (const [text, expected] of Object.entries(cases)) {
    it(`reads ${text}`, () => expect(words(text)).toBe(expected))
  }

  const bad = ['', '1', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.04', '1..2.3', '1.2.3.4 ', '-1.2.3.4', '0x1.2.3.4',
    ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '::12345', '::g', 'fe80::1%eth0', '[::1]', '1.2.3.4::', '::1.2.3',
    'a'.repeat(60)] // prettier-ignore
  for (const text of bad) it(`refuses ${JSON.stringify(text)}`, () => expect(words(text)).toBeNull())

  it('agrees with node:net on what is an address', () => {
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.stringMatching(/^[0-9a-f:.]{0,24}$/),
      fc.tuple(fc.ipV6(), fc.nat(30)).map(([ip, at]) => ip.slice(0, at) + ip.slice(at + 1)),
    )
    fc.assert(
      fc.property(text, (candidate) => {
        expect(words(candidate) !== null, candidate).toBe(isIP(candidate) !== 0)
      }),
      { numRuns: Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 3000), verbose: 1 },
    )
  })
})

describe('parseIpRange', () => {
  it('clears the bits of the host and counts IPv4 prefixes in the mapped range', () => {
    const range = parseIpRange('192.0.2.7/24')
    expect(range?.bits).toBe(120)
    expect(range?.words[3]).toBe(0xc000_0200)
    expect(parseIpRange('2001:db8:ffff::/33')?.words[1]).toBe(0x8000_0000)
    expect(parseIpRange('0.0.0.0/0')?.bits).toBe(96)
    expect(parseIpRange('::/0')?.bits).toBe(0)
  })
  for (const text of [
    '192.0.2.7/33',
    '::/129',
    '192.0.2.7/',
    '192.0.2.7/-1',
    '192.0.2.7/1.5',
    '/8',
    '192.0.2.7/24/24',
  ]) {
    it(`refuses ${text}`, () => expect(parseIpRange(text)).toBeNull())
  }
})
