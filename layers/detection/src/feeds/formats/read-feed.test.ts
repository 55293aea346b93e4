import { describe, expect, it } from 'vitest'
import { FeedError } from '../feed-error.ts'
import { readFeed } from './read-feed.ts'
import type { DocumentFormat } from './read-feed.ts'

const nowMs = Date.UTC(2026, 0, 1)
const iso = (ms: number): string => new Date(ms).toISOString()
const indicator = (id: string, more: object): object => ({
  type: 'indicator',
  spec_version: '2.1',
  id: `indicator--${id}`,
  pattern_type: 'stix',
  valid_from: iso(nowMs - 1_000),
  ...more,
})

interface Case {
  readonly says: string
  readonly format: DocumentFormat
  readonly text: string
  /** `scope value type until` of each entry. */
  readonly gives: readonly string[]
  readonly unreadable?: number
}

const cases: readonly Case[] = [
  {
    says: 'a plain list with comments, remarks, ranges and IPv6',
    format: 'plain',
    text: '# list\n192.0.2.1\n192.0.2.0/24 ; a net\n\n2001:DB8::1\n::ffff:198.51.100.7\r\n203.0.113.9,spam\nnot an address\n',
    gives: [
      'ip 192.0.2.1 ban 0',
      'range 192.0.2.0/24 ban 0',
      'ip 2001:db8::1 ban 0',
      'ip 198.51.100.7 ban 0',
      'ip 203.0.113.9 ban 0',
    ],
    unreadable: 1,
  },
  {
    says: 'a range whose address is not its first',
    format: 'plain',
    text: '192.0.2.77/24\n10.0.0.1/32',
    gives: ['range 192.0.2.0/24 ban 0', 'ip 10.0.0.1 ban 0'],
  },
  {
    says: 'what cscli imports',
    format: 'csv',
    text: 'duration,reason,scope,type,value\n24h,"bad, very",ip,ban,192.0.2.1\n1h,x,Country,captcha,fr\n1h,x,Ip,ban,nope\n',
    gives: [`ip 192.0.2.1 ban ${nowMs + 86_400_000}`, `country FR captcha ${nowMs + 3_600_000}`],
    unreadable: 1,
  },
  {
    says: 'a table with a commented header and quoted fields',
    format: 'csv',
    text: '# first_seen,"dst_ip",dst_port\n"2025-01-01","192.0.2.9","443"\r\n# end\n',
    gives: ['ip 192.0.2.9 ban 0'],
  },
  {
    says: 'a table without a header',
    format: 'csv',
    text: '1,192.0.2.4,x\n2,nothing,y\n',
    gives: ['ip 192.0.2.4 ban 0'],
    unreadable: 1,
  },
  {
    says: 'a table with quotes gone wrong',
    format: 'csv',
    text: 'ip,note\n192.0.2.1,"a"b\n192.0.2.2,ok\n',
    gives: ['ip 192.0.2.1 ban 0', 'ip 192.0.2.2 ban 0'],
  },
  {
    says: 'a list of texts',
    format: 'json',
    text: '["192.0.2.1", "x", 5]',
    gives: ['ip 192.0.2.1 ban 0'],
    unreadable: 2,
  },
  {
    says: 'objects under a key',
    format: 'json',
    text: JSON.stringify({
      data: [
        { ip: '192.0.2.1', expires: iso(nowMs + 1000) },
        { cidr: '198.51.100.0/24', type: 'captcha' },
        { type: 'allow', ip: '192.0.2.3' },
      ],
    }),
    gives: [`ip 192.0.2.1 ban ${nowMs + 1000}`, 'range 198.51.100.0/24 captcha 0', 'ip 192.0.2.3 ban 0'],
  },
  {
    says: 'the decisions of a Local API',
    format: 'crowdsec',
    text: JSON.stringify({
      new: [
        { scope: 'Ip', value: '192.0.2.1', type: 'ban', duration: '4h' },
        { scope: 'weird', value: 'x' },
      ],
      deleted: [],
    }),
    gives: [`ip 192.0.2.1 ban ${nowMs + 14_400_000}`],
    unreadable: 1,
  },
  {
    says: 'the decisions of the central API',
    format: 'crowdsec',
    text: JSON.stringify({
      new: [
        {
          scenario: 's',
          scope: 'ip',
          decisions: [
            { value: '192.0.2.1', duration: '24h' },
            { value: '192.0.2.2', duration: '24h' },
          ],
        },
      ],
    }),
    gives: [`ip 192.0.2.1 ban ${nowMs + 86_400_000}`, `ip 192.0.2.2 ban ${nowMs + 86_400_000}`],
  },
  {
    says: 'a block list of CrowdSec',
    format: 'crowdsec',
    text: '192.0.2.1\n192.0.2.2\n',
    gives: ['ip 192.0.2.1 ban 0', 'ip 192.0.2.2 ban 0'],
  },
  { says: 'no decisions at all', format: 'crowdsec', text: '{"new":null,"deleted":null}', gives: [] },
  {
    says: 'indicators that are valid now, in their newest version',
    format: 'stix',
    text: JSON.stringify({
      type: 'bundle',
      id: 'bundle--1',
      objects: [
        indicator('1', { pattern: "[ipv4-addr:value = '192.0.2.1']", valid_until: iso(nowMs + 5_000) }),
        indicator('2', { pattern: "[ipv4-addr:value = '192.0.2.2' OR ipv6-addr:value = '2001:db8::2']" }),
        indicator('3', { pattern: "[ipv4-addr:value = '192.0.2.3']", valid_until: iso(nowMs - 1) }),
        indicator('4', { pattern: "[ipv4-addr:value = '192.0.2.4']", valid_from: iso(nowMs + 60_000) }),
        indicator('5', { pattern: "[ipv4-addr:value = '192.0.2.5']", revoked: true }),
        indicator('6', { pattern: "[ipv4-addr:value = '192.0.2.6' AND network-traffic:dst_port = 22]" }),
        indicator('7', { pattern: "[ipv4-addr:value != '192.0.2.7']" }),
        indicator('8', { pattern: "[ipv4-addr:value ISSUBSET '198.51.100.0/24']" }),
        indicator('9', { pattern: "[ipv4-addr:value = '192.0.2.9']", modified: '2025-01-01T00:00:00Z' }),
        indicator('9', {
          pattern: "[ipv4-addr:value = '192.0.2.9']",
          modified: '2025-02-01T00:00:00Z',
          revoked: true,
        }),
        indicator('10', { pattern: "[file:name = 'x']" }),
        indicator('11', { pattern: 5 }),
        { type: 'ipv4-addr', id: 'ipv4-addr--1', value: '192.0.2.50' },
      ],
    }),
    gives: [
      `ip 192.0.2.1 ban ${nowMs + 5_000}`,
      'ip 192.0.2.2 ban 0',
      'ip 2001:db8::2 ban 0',
      'range 198.51.100.0/24 ban 0',
    ],
    unreadable: 1,
  },
  {
    says: 'the same value twice: the later end counts',
    format: 'csv',
    text: 'value,duration\n192.0.2.1,1h\n192.0.2.1,3h\n192.0.2.1,2h\n',
    gives: [`ip 192.0.2.1 ban ${nowMs + 10_800_000}`],
  },
]

describe('reads', () => {
  it.each(cases)('$format: $says', ({ format, text, gives, unreadable }) => {
    const content = readFeed(text, format, nowMs)
    expect(
      [...content.entries.values()].map((entry) =>
        [entry.scope, entry.value, entry.type, entry.untilMs].join(' '),
      ),
    ).toEqual(gives)
    expect(content.unreadable).toBe(unreadable ?? 0)
  })
})

describe('refuses', () => {
  const codeOf = (text: string, format: DocumentFormat): string => {
    try {
      readFeed(text, format, nowMs)
      return 'none'
    } catch (error) {
      return error instanceof FeedError ? error.code : String(error)
    }
  }

  it.each([
    ['plain', '<html><body>503 Service Unavailable</body></html>'],
    ['csv', '<html>moved</html>'],
    ['json', '{'],
    ['json', '{"a": 1}'],
    ['crowdsec', '{"error": "forbidden"}'],
    ['crowdsec', '[[['],
    ['stix', '{"type": "bundle"}'],
    ['stix', 'x'],
    ['json', '{"__proto__": []}'],
  ] as const)('%s: %s', (format, text) => {
    expect(codeOf(text, format)).toBe('FEED_FORM')
  })

  it('a list of more entries than are kept, and takes one just below', () => {
    const lines = Array.from(
      { length: 500_001 },
      (_, index) => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
    )
    expect(codeOf(lines.join('\n'), 'plain')).toBe('FEED_LIMIT')
    expect(codeOf(lines.slice(1).join('\n'), 'plain')).toBe('none')
  })
})
