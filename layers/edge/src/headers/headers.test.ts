import { describe, expect, it } from 'vitest'
import { AnswerHeaders } from './answer-headers.ts'
import { CspCollector, maxFindings } from './csp-collector.ts'
import { cspProposal } from './csp-proposal.ts'
import { maxReports, readCspReports } from './csp-report.ts'
import { hardenCookies } from './harden-cookies.ts'

const cookies = { secure: 'auto', httpOnly: 'session', sameSite: 'lax' } as const
const usual = {
  nosniff: true,
  frame: 'sameorigin',
  referrer: 'strict-origin-when-cross-origin',
  permissions: '',
  csp: { mode: 'off', policy: "default-src 'self'", collect: true },
  cookies,
} as const
const page = 'Content-Type: text/html\r\n'

describe('answer headers', () => {
  it('are added to pages, and the one against guessing to everything', () => {
    const headers = new AnswerHeaders(usual)
    expect(headers.apply(page, false)).toBe(
      `${page}X-Content-Type-Options: nosniff\r\nX-Frame-Options: SAMEORIGIN\r\nReferrer-Policy: strict-origin-when-cross-origin\r\n`,
    )
    expect(headers.apply('Content-Type: image/png\r\n', false)).toBe(
      'Content-Type: image/png\r\nX-Content-Type-Options: nosniff\r\n',
    )
    expect(headers.apply('', false)).toBe('X-Content-Type-Options: nosniff\r\n')
  })

  it('of the service stay as they are, in whatever spelling', () => {
    const own = `${page}x-frame-options: DENY\r\nREFERRER-POLICY: no-referrer\r\nX-Content-Type-Options: nosniff\r\n`
    expect(new AnswerHeaders(usual).apply(own, false)).toBe(own)
  })

  it('are not taken for present where only a value looks like one', () => {
    const odd = 'X-Note: x-content-type-options: nosniff\r\n'
    expect(new AnswerHeaders(usual).apply(odd, false)).toBe(`${odd}X-Content-Type-Options: nosniff\r\n`)
  })

  it('carry a policy that reports, or one that is enforced', () => {
    const report = new AnswerHeaders({ ...usual, csp: { ...usual.csp, mode: 'report' } }).apply(page, false)
    expect(report).toContain(
      "Content-Security-Policy-Report-Only: default-src 'self'; report-uri /.sevenfold/csp-report; report-to sevenfold\r\n",
    )
    expect(report).toContain('Reporting-Endpoints: sevenfold="/.sevenfold/csp-report"\r\n')
    const enforce = new AnswerHeaders({
      ...usual,
      csp: { ...usual.csp, mode: 'enforce', collect: false },
    }).apply(page, false)
    expect(enforce).toContain("Content-Security-Policy: default-src 'self'\r\n")
    expect(enforce).not.toContain('report')
  })

  it('leave a service with a policy of its own alone', () => {
    const headers = new AnswerHeaders({ ...usual, csp: { ...usual.csp, mode: 'enforce' } })
    const own = `${page}Content-Security-Policy: default-src 'none'\r\n`
    expect(headers.apply(own, false).match(/content-security-policy/gi)).toHaveLength(1)
  })

  it('are none when all are off', () => {
    const off = {
      ...usual,
      nosniff: false,
      frame: 'off',
      referrer: 'off',
      cookies: { secure: 'off', httpOnly: 'off', sameSite: 'off' },
    } as const
    const fields = `${page}Set-Cookie: sid=1\r\n`
    expect(new AnswerHeaders(off).apply(fields, true)).toBe(fields)
  })
})

describe('cookies', () => {
  const cases: readonly (readonly [name: string, before: string, secure: boolean, after: string])[] = [
    ['get what they lack', 'sid=1; Path=/', true, 'sid=1; Path=/; Secure; HttpOnly; SameSite=Lax'],
    ['are not Secure on plain connections', 'sid=1', false, 'sid=1; HttpOnly; SameSite=Lax'],
    [
      'keep what they have',
      'sid=1; secure; HTTPONLY; samesite=strict',
      true,
      'sid=1; secure; HTTPONLY; samesite=strict',
    ],
    ['that are no session stay readable', 'theme=dark', true, 'theme=dark; Secure; SameSite=Lax'],
    ['that scripts must read stay readable', 'XSRF-TOKEN=1', true, 'XSRF-TOKEN=1; Secure; SameSite=Lax'],
    ['for other sites need Secure', 'sid=1; SameSite=None', true, 'sid=1; SameSite=None; Secure; HttpOnly'],
    [
      'whose value looks like an attribute are not fooled',
      'sid=secure',
      true,
      'sid=secure; Secure; HttpOnly; SameSite=Lax',
    ],
  ]
  for (const [name, before, secure, after] of cases) {
    it(name, () =>
      expect(hardenCookies(`Set-Cookie: ${before}\r\n`, cookies, secure)).toBe(`Set-Cookie: ${after}\r\n`),
    )
  }
  it('are each looked at, and nothing else is', () => {
    const fields = 'set-cookie: a=1\r\nX: set-cookie: b=2\r\nSet-Cookie:token=3\r\n'
    expect(hardenCookies(fields, { ...cookies, secure: 'always', httpOnly: 'all' }, false)).toBe(
      'set-cookie: a=1; Secure; HttpOnly; SameSite=Lax\r\nX: set-cookie: b=2\r\nSet-Cookie:token=3; Secure; HttpOnly; SameSite=Lax\r\n',
    )
  })
})

describe('reports of browsers', () => {
  const old = (directive: unknown, blocked: unknown): string =>
    JSON.stringify({ 'csp-report': { 'effective-directive': directive, 'blocked-uri': blocked } })
  const cases: readonly (readonly [text: string, found: string])[] = [
    [old('script-src-elem', 'https://cdn.example/a.js?secret=1'), 'script-src https://cdn.example'],
    [old('img-src', 'data'), 'img-src data'],
    [old('script-src', 'inline'), 'script-src inline'],
    [old('script-src', 'eval'), 'script-src eval'],
    [old('style-src-attr', ''), 'style-src inline'],
    [old('connect-src', 'wss://live.example:8443/x'), 'connect-src wss://live.example:8443'],
    [
      JSON.stringify([
        {
          type: 'csp-violation',
          body: { effectiveDirective: 'font-src', blockedURL: 'https://f.example/x' },
        },
      ]),
      'font-src https://f.example',
    ],
    [old('script-src', 'chrome-extension://abc'), ''],
    [old('script-src', '<script>alert(1)</script>'), ''],
    [old("x'; script-src *", 'https://a.example'), ''],
    [old(5, 'https://a.example'), ''],
    ['[{"type":"deprecation","body":{}}]', ''],
    ['not json', ''],
    ['', ''],
  ]
  for (const [text, found] of cases) {
    it(`${text.slice(0, 70)} tell ${found || 'nothing'}`, () => {
      expect(
        readCspReports(text)
          .map(({ directive, source }) => `${directive} ${source}`)
          .join(),
      ).toBe(found)
    })
  }
  it('are read up to a number', () => {
    const one = { type: 'csp-violation', body: { effectiveDirective: 'img-src', blockedURL: 'data' } }
    expect(readCspReports(JSON.stringify(Array.from({ length: maxReports + 5 }, () => one)))).toHaveLength(
      maxReports,
    )
  })
  it('become one finding each in an hour, and a bounded number', () => {
    let now = 0
    const told: string[] = []
    const collector = new CspCollector({
      report: (site, { resource }) => void told.push(`${site}: ${resource}`),
      monotonicMs: () => now,
    })
    collector.take('shop', old('img-src', 'data'))
    collector.take('shop', old('img-src', 'data'))
    expect(told).toEqual(['shop: shop img-src data'])
    for (let i = 0; i < maxFindings + 50; i += 1)
      collector.take('shop', old('img-src', `https://h${i}.example`))
    expect(told).toHaveLength(maxFindings)
    now = 3_600_001
    collector.take('shop', old('img-src', 'data'))
    expect(told).toHaveLength(maxFindings + 1)
  })
})

describe('the proposal for a policy', () => {
  it('allows what was reported, each where it belongs', () => {
    const { policy, warnings } = cspProposal("default-src 'self'; object-src 'none'", [
      'shop script-src https://cdn.example',
      'shop script-src https://cdn.example',
      'shop img-src data',
      'shop object-src self',
    ])
    expect(policy).toBe(
      "default-src 'self'; object-src 'self'; script-src 'self' https://cdn.example; img-src 'self' data:",
    )
    expect(warnings).toEqual([])
  })
  it('warns of what would let injected scripts run', () => {
    const { policy, warnings } = cspProposal("default-src 'self'", [
      'shop script-src inline',
      'shop script-src eval',
      'shop style-src inline',
    ])
    expect(policy).toContain("script-src 'self' 'unsafe-inline' 'unsafe-eval'")
    expect(warnings).toEqual([
      "script-src 'unsafe-inline' lets injected scripts run",
      "script-src 'unsafe-eval' lets injected scripts run",
    ])
  })
})
