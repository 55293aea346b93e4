import { describe, expect, it } from 'vitest'
import { defaultHttpLimits } from '../http/limits.ts'
import { parseRequestHead } from '../http/parse-request-head.ts'
import type { RequestHead } from '../http/request-head.ts'
import { AgentClasses } from './agent-class.ts'
import { AiPolicies } from './ai-policies.ts'
import { headerOrder } from './header-order.ts'
import { Honeypot } from './honeypot.ts'
import { maxRanges, publishedRanges } from './published-ranges.ts'
import { robotsText } from './robots-text.ts'
import { readHeadFacts } from '../http/head-facts.ts'
import { suspicionOf as suspicionOfFacts } from './suspicion.ts'
import type { Suspicion } from './suspicion.ts'

function headOf(headers: readonly string[], line = 'GET / HTTP/1.1'): RequestHead {
  const head = parseRequestHead(`${line}\r\n${headers.join('\r\n')}\r\n`, defaultHttpLimits)
  if (!('method' in head)) throw new Error('refused')
  return head
}

const suspicionOf = (head: RequestHead, secure: boolean): Suspicion =>
  suspicionOfFacts(readHeadFacts(head), secure)

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
const chrome =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'

describe('the class of an agent', () => {
  const cases: readonly (readonly [agent: string, kind: string])[] = [
    ['', 'none'],
    [firefox, 'browser'],
    [chrome, 'browser'],
    ['curl/8.5.0', 'other'],
    ['git/2.43.0', 'other'],
    ['python-requests/2.31', 'other'],
    ['FreshRSS/1.24 (Linux; https://freshrss.org)', 'other'],
    ['kube-probe/1.29', 'other'],
    ['sqlmap/1.8#stable (https://sqlmap.org)', 'scanner'],
    ['Mozilla/5.00 (Nikto/2.5.0)', 'scanner'],
    ['Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)', 'ai'],
    [
      'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)',
      'ai',
    ],
    ['Mozilla/5.0 (compatible; Applebot-Extended/0.1)', 'ai'],
    ['Mozilla/5.0 (compatible; bingbot/2.0)', 'crawler'],
    [`${'x'.repeat(600)}sqlmap`, 'other'],
  ]
  for (const [agent, kind] of cases) {
    it(`of "${agent.slice(0, 60)}" is ${kind}`, () => expect(new AgentClasses().of(agent).kind).toBe(kind))
  }

  it('is the same the second time', () => {
    const classes = new AgentClasses()
    expect(classes.of('sqlmap/1')).toBe(classes.of('sqlmap/1'))
  })
})

describe('AI policies', () => {
  const policies = new AiPolicies({
    default: 'allow',
    agents: { gptbot: 'refuse', CCBot: 'limit' },
    perMinute: 20,
  })
  it('are those of the agent, in any spelling, else the default', () => {
    expect([policies.of('GPTBot'), policies.of('CCBot'), policies.of('ClaudeBot')]).toEqual([
      'refuse',
      'limit',
      'allow',
    ])
  })
  it('stand in robots.txt behind the text of the site', () => {
    expect(robotsText(policies, 'User-agent: *\nDisallow: /cart\n')).toBe(
      'User-agent: *\nDisallow: /cart\n\nUser-agent: GPTBot\nDisallow: /\n\nUser-agent: CCBot\nCrawl-delay: 3\n',
    )
    expect(robotsText(policies, '')).toContain('User-agent: *\nDisallow:\n')
  })
  it('restrict nobody by default', () => {
    expect(new AiPolicies({ default: 'allow', agents: {}, perMinute: 30 }).restricted).toEqual([])
    expect(
      new AiPolicies({ default: 'refuse', agents: {}, perMinute: 30 }).restricted.length,
    ).toBeGreaterThan(30)
  })
})

describe('suspicion', () => {
  const browser = (agent: string): readonly string[] => [
    'Host: a',
    `User-Agent: ${agent}`,
    'Accept: text/html,application/xhtml+xml,*/*;q=0.8',
    'Accept-Language: de,en;q=0.5',
    'Accept-Encoding: gzip, deflate',
  ]
  it('falls on no real browser, on plain and on encrypted pages', () => {
    for (const agent of [firefox, chrome]) expect(suspicionOf(headOf(browser(agent)), false).points).toBe(0)
    const fetch = ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']
    const hints = 'sec-ch-ua: "Chromium";v="131"'
    expect(suspicionOf(headOf([...browser(firefox), ...fetch]), true).points).toBe(0)
    expect(suspicionOf(headOf([...browser(chrome), hints, ...fetch]), true).points).toBe(0)
  })

  const cases: readonly (readonly [name: string, lines: readonly string[], line: string, least: number])[] = [
    [
      'a library with a browser name',
      ['Host: a', `User-Agent: ${chrome}`, 'Accept: text/html'],
      'GET / HTTP/1.1',
      6,
    ],
    ['a bare name', ['Host: a', 'User-Agent: Mozilla/5.0', 'Accept: text/html'], 'GET / HTTP/1.1', 10],
    [
      'a name before the host',
      [`User-Agent: ${chrome}`, 'Host: a', 'Accept: text/html'],
      'GET / HTTP/1.1',
      8,
    ],
    ['HTTP/1.0', ['Host: a', `User-Agent: ${firefox}`], 'GET / HTTP/1.0', 8],
    [
      'a browser of 2009',
      ['Host: a', 'User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)'],
      'GET / HTTP/1.1',
      8,
    ],
    ['a headless browser', [...browser(chrome.replace('Chrome', 'HeadlessChrome'))], 'GET / HTTP/1.1', 3],
  ]
  for (const [name, lines, line, least] of cases) {
    it(`falls on ${name}`, () =>
      expect(suspicionOf(headOf(lines, line), false).points).toBeGreaterThanOrEqual(least))
  }

  it('on an encrypted page falls on a new browser without fetch metadata', () => {
    expect(suspicionOf(headOf(browser(chrome)), true).reasons).toEqual([
      'no-fetch-metadata',
      'no-client-hints',
    ])
  })
})

describe('the fingerprint by header order', () => {
  const base = [
    'Host: a',
    `User-Agent: ${firefox}`,
    'Accept: */*',
    'Accept-Encoding: gzip',
    'Accept-Language: de',
  ]
  it('is the same for one program, whatever cookies and pages', () => {
    const one = headerOrder(headOf(base)).split('-')
    const two = headerOrder(headOf([...base, 'Cookie: a=1', 'Referer: http://a/'])).split('-')
    expect(two.slice(2)).toEqual(one.slice(2))
  })
  it('differs by order, by spelling and by taste', () => {
    const made = [
      base,
      base.toReversed(),
      base.map((line) => line.toLowerCase()),
      [...base.slice(0, 4), 'Accept-Language: fr'],
    ]
    expect(new Set(made.map((lines) => headerOrder(headOf(lines)))).size).toBe(4)
  })
  it('has a form of its own', () =>
    expect(headerOrder(headOf(base))).toMatch(/^o1-1\d\dt-[0-9a-f]{8}-[0-9a-f]{4}$/))
})

describe('traps', () => {
  const trap = new Honeypot({ paths: ['/old-admin.php', '/.git/*'], fields: ['website2'] })
  it('know paths in any spelling, and filled fields in the query', () => {
    expect(trap.head(headOf(['Host: a'], 'GET /OLD-admin.php HTTP/1.1'), '/old-admin.php')).toBe(
      'honeypot-path',
    )
    expect(trap.head(headOf(['Host: a'], 'GET /.git/config HTTP/1.1'), '/.git/config')).toBe('honeypot-path')
    expect(trap.head(headOf(['Host: a'], 'GET /?website2=x HTTP/1.1'), '/')).toBe('honeypot-field')
    expect(trap.head(headOf(['Host: a'], 'GET /?website2=&a=website2 HTTP/1.1'), '/')).toBeNull()
  })
  it('look into forms alone', () => {
    const form = headOf(
      ['Host: a', 'Content-Type: application/x-www-form-urlencoded; charset=utf-8', 'Content-Length: 1'],
      'POST / HTTP/1.1',
    )
    const json = headOf(['Host: a', 'Content-Type: application/json', 'Content-Length: 1'], 'POST / HTTP/1.1')
    expect([trap.wantsBody(form), trap.wantsBody(json)]).toEqual([true, false])
    expect(trap.body('a=1&website2=spam')).toBe('honeypot-field')
    expect(trap.body('a=1&website2=')).toBeNull()
    expect(trap.body(`${'a'.repeat(20_000)}&website2=x`)).toBeNull()
  })
  it('without fields want no body', () => {
    const form = headOf(
      ['Host: a', 'Content-Type: application/x-www-form-urlencoded', 'Content-Length: 1'],
      'POST / HTTP/1.1',
    )
    expect(new Honeypot({ paths: [], fields: [] }).wantsBody(form)).toBe(false)
  })
})

describe('published ranges', () => {
  it('are read in the form of the search engines and as lines', () => {
    const json = publishedRanges(
      '{"creationTime":"x","prefixes":[{"ipv4Prefix":"192.0.2.0/24"},{"ipv6Prefix":"2001:db8::/32"}]}',
      'a',
    )
    expect([json.has('192.0.2.1'), json.has('2001:db8::1'), json.has('198.51.100.1')]).toEqual([
      true,
      true,
      false,
    ])
    const lines = publishedRanges('# ours\n192.0.2.0/24 # office\n\n198.51.100.7\n', 'a')
    expect([lines.has('192.0.2.1'), lines.has('198.51.100.7'), lines.has('198.51.100.8')]).toEqual([
      true,
      true,
      false,
    ])
  })
  for (const text of [
    '{}',
    '{"prefixes":[{"ipv4Prefix":"x"}]}',
    '{"prefixes":[{}]}',
    '192.0.2.0/33',
    'hello',
  ]) {
    it(`refuse ${text}`, () => expect(() => publishedRanges(text, 'list')).toThrow())
  }
  it('are bounded', () => {
    const line = (count: number): string => '192.0.2.1\n'.repeat(count)
    expect(publishedRanges(line(maxRanges), 'a').size).toBe(maxRanges)
    expect(() => publishedRanges(line(maxRanges + 1), 'a')).toThrow('more than')
  })
})
