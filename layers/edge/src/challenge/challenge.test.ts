import { createHash } from 'node:crypto'
import vm from 'node:vm'
import { describe, expect, it } from 'vitest'
import { defaultHttpLimits } from '../http/limits.ts'
import { parseRequestHead } from '../http/parse-request-head.ts'
import { GcraTable } from '../rate/gcra-table.ts'
import { PathSet } from '../rate/path-set.ts'
import { RateKeys } from '../rate/rate-key.ts'
import type { ExactCounters } from '../rate/rate-limiter.ts'
import { challengeFields, challengePage } from './challenge-page.ts'
import {
  Challenger,
  challengeSeconds,
  localTarget,
  passPath,
  passesPerMinute,
  waitSeconds,
} from './challenger.ts'
import type { Redeemed } from './challenger.ts'
import { readHeadFacts } from '../http/head-facts.ts'
import type { HeadFacts } from '../http/head-facts.ts'
import { isBrowserNavigation } from './is-browser-navigation.ts'
import { prefixOf } from './prefix-of.ts'
import { solveScript } from './solve-script.ts'
import { isSolved, readChallenge, readPass, writeChallenge, writePass, zeroBits } from './token.ts'

const key = Buffer.alloc(32, 7)
const binding = { site: 'shop', prefix: '4.c0000200', ja4: 't13d' }

function headOf(lines: readonly string[], line = 'GET / HTTP/1.1'): HeadFacts {
  const head = parseRequestHead(`${[line, 'Host: a', ...lines].join('\r\n')}\r\n`, defaultHttpLimits)
  if (!('method' in head)) throw new Error('refused')
  return readHeadFacts(head)
}

function solve(token: string, difficulty: number): string {
  for (let n = 0; ; n += 1) if (isSolved(token, n.toString(36), difficulty)) return n.toString(36)
}

describe('tokens', () => {
  const challenge = { nonce: 'abcdefghijklmnop', issued: 1_700_000_000, difficulty: 12 }
  const pass = { id: 'abcdefghijklmnop', until: 1_700_000_000, way: 'wait' } as const

  it('come back as they were written', () => {
    expect(readChallenge(key, writeChallenge(key, challenge, binding), binding)).toEqual(challenge)
    expect(readPass(key, writePass(key, pass, binding), binding)).toEqual(pass)
  })

  it('are good for one site, one network and one program only', () => {
    for (const other of [{ site: 'blog' }, { prefix: '4.c0000300' }, { ja4: '' }]) {
      expect(readChallenge(key, writeChallenge(key, challenge, binding), { ...binding, ...other })).toBeNull()
      expect(readPass(key, writePass(key, pass, binding), { ...binding, ...other })).toBeNull()
    }
    expect(readPass(Buffer.alloc(32, 8), writePass(key, pass, binding), binding)).toBeNull()
  })

  it('are refused with any byte changed, cut or added', () => {
    for (const token of [writeChallenge(key, challenge, binding), writePass(key, pass, binding)]) {
      const read = token.startsWith('c') ? readChallenge : readPass
      for (let at = 0; at < token.length; at += 1) {
        const changed = token.slice(0, at) + (token[at] === 'x' ? 'y' : 'x') + token.slice(at + 1)
        expect(read(key, changed, binding), changed).toBeNull()
      }
      for (const bad of [
        '',
        token.slice(1),
        token.slice(0, -1),
        `${token}a`,
        `${token}\n`,
        'x'.repeat(10_000),
      ]) {
        expect(read(key, bad, binding)).toBeNull()
      }
    }
    expect(readPass(key, writeChallenge(key, challenge, binding), binding)).toBeNull()
  })

  it('count zero bits', () => {
    expect(
      [[0xff], [0x7f], [0x01], [0, 0xff], [0, 0x10], [0, 0]].map((bytes) => zeroBits(Uint8Array.from(bytes))),
    ).toEqual([0, 1, 7, 8, 11, 16])
  })

  it('take short solutions of letters and digits only', () => {
    const token = writeChallenge(key, challenge, binding)
    expect(isSolved(token, solve(token, 8), 8)).toBe(true)
    for (const bad of ['', 'A', '-1', 'a b', 'x'.repeat(17)]) expect(isSolved(token, bad, 0)).toBe(false)
  })
})

describe('the network of a client', () => {
  it('is its /24 or its /64', () => {
    expect(prefixOf('192.0.2.1')).toBe(prefixOf('192.0.2.200'))
    expect(prefixOf('192.0.2.1')).not.toBe(prefixOf('192.0.3.1'))
    expect(prefixOf('2001:db8:1:2::1')).toBe(prefixOf('2001:db8:1:2:3::1'))
    expect(prefixOf('2001:db8:1:2::1')).not.toBe(prefixOf('2001:db8:1:3::1'))
    expect(prefixOf('unix')).toBe('unix')
  })
})

describe('the script of the page', () => {
  function run(token: string, bits: number): string {
    let went = ''
    const status = { textContent: '' }
    const main = { dataset: { token, bits: String(bits), way: '/x?' } }
    const queue: (() => void)[] = []
    const document = { querySelector: (what: string) => (what === 'main' ? main : status) }
    const location = { hash: '#part', replace: (to: string) => void (went = to) }
    vm.runInNewContext(solveScript, {
      document,
      location,
      setTimeout: (work: () => void) => void queue.push(work),
      Date,
      Math,
      Int32Array,
    })
    for (let work = queue.shift(); work !== undefined; work = queue.shift()) work()
    expect(status.textContent).toBe('Done.')
    // The redirect that follows keeps it.
    expect(went.endsWith('#part')).toBe(true)
    return went.slice(0, -'#part'.length)
  }

  it('finds what SHA-256 of Node agrees with, for tokens of every length around a block', () => {
    for (let length = 1; length < 130; length += 7) {
      const token = 'k'.repeat(length)
      const solution = run(token, 8).replace('/x?&n=', '')
      expect(zeroBits(createHash('sha256').update(`${token}.${solution}`).digest())).toBeGreaterThanOrEqual(8)
    }
  })

  it('solves a real challenge', () => {
    const token = writeChallenge(key, { nonce: 'abcdefghijklmnop', issued: 1, difficulty: 13 }, binding)
    expect(isSolved(token, run(token, 13).replace('/x?&n=', ''), 13)).toBe(true)
  })
})

describe('the page', () => {
  const facts = {
    token: 'c1.x',
    difficulty: 14,
    way: '/p?to=%2F&c=x',
    waitWay: '/p?w=1',
    waitSeconds: 6,
    requestId: 'id<1>',
  }
  it('is small, names our script and style by digest and allows nothing else', () => {
    const page = challengePage(facts)
    expect(Buffer.byteLength(page)).toBeLessThan(5000)
    const script = /<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? ''
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? ''
    for (const text of [script, style])
      expect(challengeFields).toContain(`'sha256-${createHash('sha256').update(text).digest('base64')}'`)
    expect(challengeFields).toContain("default-src 'none'")
    expect(challengeFields).not.toContain('unsafe')
    expect(page).not.toMatch(/https?:\/\/|<img|<link/)
  })
  it('has a language, a heading, a live status and a way without scripts', () => {
    const page = challengePage(facts)
    for (const part of [
      '<html lang="en">',
      '<h1>',
      'role="status"',
      '<noscript>',
      'http-equiv="refresh" content="7;url=/p?w=1"',
      'id&lt;1&gt;',
    ])
      expect(page).toContain(part)
    expect(challengePage({ ...facts, waitWay: null })).not.toContain('refresh')
  })
})

describe('a challenge is shown', () => {
  const agent = 'User-Agent: Mozilla/5.0 (X11) Firefox/128.0'
  const accept = 'Accept: text/html,*/*'
  const none = new PathSet([])
  it('to a browser that opens a page', () => {
    expect(isBrowserNavigation(headOf([agent, accept]), '/', none)).toBe(true)
    expect(
      isBrowserNavigation(
        headOf([agent, accept, 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']),
        '/cart',
        none,
      ),
    ).toBe(true)
  })
  const never: readonly (readonly [name: string, lines: readonly string[], path: string, line?: string])[] = [
    ['an API client', ['User-Agent: curl/8', 'Accept: */*'], '/'],
    ['a JSON client with a browser name', [agent, 'Accept: application/json'], '/'],
    ['a client without Accept', [agent], '/'],
    ['a script of a page', [agent, accept, 'X-Requested-With: XMLHttpRequest'], '/'],
    ['fetch()', [agent, accept, 'Sec-Fetch-Mode: cors'], '/'],
    ['an image', [agent, accept, 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: image'], '/'],
    ['a bearer of a token', [agent, accept, 'Authorization: Bearer x'], '/'],
    ['git', ['User-Agent: git/2.43', accept], '/repo.git/info/refs'],
    ['git with a browser name', [agent, accept], '/repo.git/info/refs'],
    ['a push', [agent, accept], '/repo/git-upload-pack'],
    ['a feed reader', [agent, accept], '/feed'],
    ['a feed', [agent, accept], '/blog/index.xml'],
    ['an atom feed', [agent, accept], '/atom/news'],
    ['a health check', [agent, accept], '/healthz'],
    ['a well-known place', [agent, accept], '/.well-known/security.txt'],
    ['a form that is sent', [agent, accept, 'Content-Length: 0'], '/', 'POST / HTTP/1.1'],
    ['a HEAD request', [agent, accept], '/', 'HEAD / HTTP/1.1'],
  ]
  for (const [name, lines, path, line] of never) {
    it(`never to ${name}`, () => expect(isBrowserNavigation(headOf(lines, line), path, none)).toBe(false))
  }
  it('never on excluded paths', () => {
    expect(isBrowserNavigation(headOf([agent, accept]), '/api/x', new PathSet(['/api/*']))).toBe(false)
  })
})

const config = {
  when: 'always',
  score: 7,
  exclude: [],
  difficulty: 8,
  maximumDifficulty: 12,
  lifetimeMs: 3_600_000,
  budget: 20,
  withoutScript: true,
} as const
const client = { address: '192.0.2.1', binding, secure: false }

class Bench {
  now = 1_700_000_000_000
  readonly challenger: Challenger
  constructor(change: Partial<typeof config> = {}, exact: ExactCounters | null = null) {
    const shared = { table: new GcraTable(4096), keys: new RateKeys(key), exact, monotonicMs: () => this.now }
    this.challenger = new Challenger(
      { ...config, ...change },
      { site: 'shop', key, shared, now: () => this.now },
    )
  }

  issue(points = 0, target = '/cart?a=1'): { token: string; difficulty: number; body: string } {
    const { body } = this.challenger.page(client, target, { points, requestId: 'id' })
    const token = /data-token="([^"]*)"/.exec(body)?.[1] ?? ''
    return { token, body, difficulty: Number(/data-bits="(\d+)"/.exec(body)?.[1]) }
  }

  redeem(query: string, who = client): Redeemed {
    let answer: Redeemed | null = null
    this.challenger.redeem(query, who, (redeemed) => {
      answer = redeemed
    })
    if (answer === null) throw new Error('no answer')
    return answer
  }

  solved(): string {
    const { token, difficulty } = this.issue()
    return `to=%2Fcart&c=${token}&n=${solve(token, difficulty)}`
  }
}

function cookieOf(redeemed: Redeemed): string {
  if (redeemed.kind !== 'passed') throw new Error(redeemed.why)
  return /sevenfold_pass=([^;]+)/.exec(redeemed.fields)?.[1] ?? ''
}

describe('a solved challenge', () => {
  it('leads back to the page with a cookie that the browser keeps to itself', () => {
    const redeemed = new Bench().redeem(new Bench().solved())
    expect(redeemed).toMatchObject({ kind: 'passed' })
    if (redeemed.kind !== 'passed') return
    expect(redeemed.fields).toMatch(
      /^Location: \/cart\r\nSet-Cookie: sevenfold_pass=p1\.[^;]+; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax\r\n/,
    )
    expect(redeemed.fields).not.toContain('Secure')
    const bench = new Bench()
    const secure = bench.redeem(bench.solved(), { ...client, secure: true })
    expect(secure.kind === 'passed' && secure.fields).toContain('; Secure')
  })

  it('is spent once', () => {
    const bench = new Bench()
    const query = bench.solved()
    expect(bench.redeem(query).kind).toBe('passed')
    expect(bench.redeem(query)).toEqual({ kind: 'refused', why: 'spent' })
  })

  it('is spent once in all workers, which the primary says', () => {
    const spent = new Set<string>()
    const exact: ExactCounters = {
      charge: ({ hi, lo }, _allowance, told) => {
        const name = `${hi} ${lo}`
        told(spent.has(name) ? 1000 : 0)
        spent.add(name)
      },
    }
    const query = new Bench().solved()
    expect(new Bench({}, exact).redeem(query).kind).toBe('passed')
    expect(new Bench({}, exact).redeem(query)).toEqual({ kind: 'refused', why: 'spent' })
  })

  it('passes when the primary does not answer: the worker knows what it saw itself', () => {
    const silent: ExactCounters = { charge: (_key, _allowance, told) => told(-1) }
    const bench = new Bench({}, silent)
    const query = bench.solved()
    expect(bench.redeem(query).kind).toBe('passed')
    expect(bench.redeem(query)).toEqual({ kind: 'refused', why: 'spent' })
  })

  const bad: readonly (readonly [why: string, change: (query: string) => string])[] = [
    ['malformed', () => ''],
    ['malformed', (query) => query.replace('%2Fcart', '%2F%2Fevil.example')],
    ['foreign', (query) => query.replace('c=c1.', 'c=c1.x')],
    ['unsolved', (query) => query.replace(/n=.*/, 'n=zzzzzzzzzzz')],
    ['unsolved', (query) => query.replace(/&n=.*/, '')],
    ['early', (query) => `${query}&w=1`],
  ]
  for (const [why, change] of bad) {
    it(`is refused as ${why} when it is`, () => {
      const bench = new Bench()
      expect(bench.redeem(change(bench.solved()))).toEqual({ kind: 'refused', why })
    })
  }

  it('is refused from another network', () => {
    const bench = new Bench()
    const other = { ...client, binding: { ...binding, prefix: '4.c0000300' } }
    expect(bench.redeem(bench.solved(), other)).toEqual({ kind: 'refused', why: 'foreign' })
  })

  it('is too late after its time', () => {
    const bench = new Bench()
    const query = bench.solved()
    bench.now += challengeSeconds * 1000
    expect(bench.redeem(query).kind).toBe('passed')
    const late = bench.solved()
    bench.now += challengeSeconds * 1000 + 1000
    expect(bench.redeem(late)).toEqual({ kind: 'refused', why: 'late' })
  })

  it('is handed in a bounded number of times a minute by one network', () => {
    const bench = new Bench()
    for (let i = 0; i < passesPerMinute; i += 1) expect(bench.redeem(bench.solved()).kind).toBe('passed')
    expect(bench.redeem(bench.solved())).toEqual({ kind: 'refused', why: 'too-many' })
  })
})

describe('a browser without scripts', () => {
  it('waits, and gets a tenth of the budget', () => {
    const bench = new Bench()
    const { token, body } = bench.issue()
    expect(body).toContain(`${passPath}?to=%2Fcart%3Fa%3D1&amp;c=${token}&amp;w=1`)
    expect(bench.redeem(`to=/&c=${token}&w=1`)).toEqual({ kind: 'refused', why: 'early' })
    bench.now += waitSeconds * 1000
    const cookie = cookieOf(bench.redeem(`to=/&c=${token}&w=1`))
    const head = headOf([`Cookie: sevenfold_pass=${cookie}`])
    const good = Array.from({ length: 4 }, () => bench.challenger.pass(head, binding) !== null)
    expect(good).toEqual([true, true, false, false])
  })

  it('may not where the site says so', () => {
    const bench = new Bench({ withoutScript: false as unknown as true })
    const { token, body } = bench.issue()
    expect(body).not.toContain('w=1')
    bench.now += waitSeconds * 1000
    expect(bench.redeem(`to=/&c=${token}&w=1`)).toEqual({ kind: 'refused', why: 'unsolved' })
  })
})

describe('a pass', () => {
  it('is good for its budget of requests, and no longer than its time', () => {
    const bench = new Bench()
    const head = headOf([`Cookie: a=b; sevenfold_pass=${cookieOf(bench.redeem(bench.solved()))}`])
    const good = Array.from({ length: 25 }, () => bench.challenger.pass(head, binding) !== null)
    expect(good.filter(Boolean).length).toBe(20)
    const later = new Bench()
    const fresh = headOf([`Cookie: sevenfold_pass=${cookieOf(later.redeem(later.solved()))}`])
    later.now += config.lifetimeMs - 1000
    expect(later.challenger.pass(fresh, binding)).not.toBeNull()
    later.now += 1000
    expect(later.challenger.pass(fresh, binding)).toBeNull()
  })

  it('is good for nobody else', () => {
    const bench = new Bench()
    const head = headOf([`Cookie: sevenfold_pass=${cookieOf(bench.redeem(bench.solved()))}`])
    expect(bench.challenger.pass(head, { ...binding, prefix: '4.1' })).toBeNull()
    expect(bench.challenger.pass(head, { ...binding, ja4: 'other' })).toBeNull()
    expect(bench.challenger.pass(headOf([]), binding)).toBeNull()
  })
})

describe('the difficulty', () => {
  it('grows with suspicion and with the number of challenges, up to its maximum', () => {
    const bench = new Bench()
    expect(bench.issue(7).difficulty).toBe(8)
    expect(bench.issue(10).difficulty).toBe(9)
    expect(bench.issue(30).difficulty).toBe(12)
    for (let i = 0; i < 5000; i += 1) bench.issue(0)
    expect(bench.issue(0).difficulty).toBe(11)
    bench.now += 60_000
    bench.issue(0)
    bench.now += 60_000
    expect(bench.issue(0).difficulty).toBe(8)
  })
})

describe('where a solution leads to', () => {
  it('is the page that was asked for, without its query or anything when that is too long to come back', () => {
    const bench = new Bench()
    const way = (target: string): string => {
      const { token, difficulty, body } = bench.issue(0, target)
      const to = /data-way="[^"]*\?to=([^&]*)&/.exec(body)?.[1] ?? ''
      expect(to.length).toBeLessThanOrEqual(4096)
      const redeemed = bench.redeem(`to=${to}&c=${token}&n=${solve(token, difficulty)}`)
      return redeemed.kind === 'passed'
        ? (/Location: ([^\r]*)/.exec(redeemed.fields)?.[1] ?? '')
        : redeemed.why
    }
    expect(way('/a?b=%20')).toBe('/a?b=%20')
    expect(way(`/a?b=${'c'.repeat(4000)}`)).toBe(`/a?b=${'c'.repeat(4000)}`)
    expect(way(`/a?b=${'%20'.repeat(1000)}`)).toBe('/a')
    expect(way(`/${'a'.repeat(5000)}?b`)).toBe('/')
  })

  for (const to of ['/', '/a?b=c', '/%0d%0a']) it(`may be ${to}`, () => expect(localTarget(to)).toBe(to))
  for (const to of [
    '',
    'a',
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/a\r\nSet-Cookie: x',
    '/ü',
    `/${'a'.repeat(5000)}`,
  ]) {
    it(`is never ${JSON.stringify(to).slice(0, 40)}`, () => expect(localTarget(to)).toBeNull())
  }
  it('is never the place of solutions again', () => expect(localTarget(`${passPath}?c=x`)).toBe('/'))
})
