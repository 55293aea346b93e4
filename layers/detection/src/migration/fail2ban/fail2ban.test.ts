import { describe, expect, it } from 'vitest'
import { fail2banSeconds } from './fail2ban-time.ts'
import { importFail2ban } from './import-fail2ban.ts'
import { expandOptions, readIni, readIniTree } from './ini.ts'
import type { Ini } from './ini.ts'
import { programsOf, readFilter } from './read-filter.ts'
import { readJails } from './read-jails.ts'
import { translateFailregex } from './translate-regex.ts'

describe('times of fail2ban', () => {
  it.each([
    ['600', 600],
    ['10m', 600],
    ['1h 30m', 5400],
    ['1d', 86_400],
    ['2 weeks', 1_209_600],
    ['-1', Number.POSITIVE_INFINITY],
    ['', undefined],
    ['soon', undefined],
    ['1 fortnight', undefined],
    ['1'.repeat(80), undefined],
  ])('%j is %s seconds', (text, seconds) => {
    expect(fail2banSeconds(text)).toBe(seconds)
  })
})

describe('the INI of fail2ban', () => {
  it('has continued lines, comments, and options that quote what they replace', () => {
    const ini: Ini = new Map()
    readIni('[A]\nx = 1\n   2\n# no\n; no\ny: z\n', ini)
    readIni('[A]\nx = %(known/x)s 3\n', ini)
    expect(expandOptions('%(x)s %(y)s %(none)s 5%%', ini, 'A')).toBe('1\n2 3 z %(none)s 5%')
    expect(expandOptions('%(__name__)s', ini, 'A')).toBe('A')
  })

  it('reads files that are included, and no circle of them for ever', () => {
    const files: Readonly<Record<string, string>> = {
      'a.conf': '[INCLUDES]\nbefore = b.conf\nafter = c.conf\n[D]\nx = a\n',
      'b.conf': '[INCLUDES]\nbefore = a.conf\n[D]\nx = b\ny = b\n',
      'c.conf': '[D]\nz = c\n',
    }
    const ini: Ini = new Map()
    expect(readIniTree('a.conf', (name) => files[name], ini)).toBe(true)
    expect(['x', 'y', 'z'].map((key) => ini.get('D')?.get(key))).toEqual(['a', 'b', 'c'])
    expect(readIniTree('none.conf', (name) => files[name], ini)).toBe(false)
  })

  it('does not grow without end by names that name each other', () => {
    const ini: Ini = new Map([['A', new Map([['x', '%(x)s%(x)s']])]])
    expect(expandOptions('%(x)s', ini, 'A').length).toBeLessThan(2_000_000)
  })
})

describe('a failregex', () => {
  const translate = (regex: string) => translateFailregex(regex, { prefix: 'P' })

  it('becomes a grok pattern with its address and its user', () => {
    const result = translate('^Failed login for <F-USER>\\S+</F-USER> \\((\\d+)\\) from <HOST>$')
    expect(result).toMatchObject({
      kind: 'pattern',
      pattern:
        '^Failed login for %{P_USER1:fail2ban_user} \\x28(?:\\d+)\\) from \\[?(?:::f{4,6}:)?%{P_IP:fail2ban_ip}\\]?$',
      hasUser: true,
    })
  })

  it.each([
    ['a <F-NOFAIL>b</F-NOFAIL> <HOST>', 'helper'],
    ['Accepted <F-MLFGAINED>x</F-MLFGAINED> <HOST>', 'helper'],
    ['x(?! y) <HOST>', 'impossible'],
    ['(?<=x) <HOST>', 'impossible'],
    ['(?P<q>a)(?P=q) <HOST>', 'impossible'],
    ['(?P<q>a)?(?(q)b|c) <HOST>', 'impossible'],
    ['a <SKIPLINES> <HOST>', 'impossible'],
    ['a <DNS>', 'impossible'],
    ['no address', 'impossible'],
    ['<HOST> <HOST> <HOST>', 'impossible'],
    ['<unknown-tag> <HOST>', 'impossible'],
    ['( <HOST>', 'impossible'],
  ])('%j: %s', (regex, kind) => {
    expect(translate(regex).kind).toBe(kind)
  })

  it('is never widened: a pattern with a look-around is left out, not stripped', () => {
    expect(translate('for (?:(?! from ).)* from <HOST>')).toMatchObject({
      kind: 'impossible',
      why: 'needs a look-around',
    })
  })
})

describe('programs of a filter', () => {
  it.each([
    ['sshd', ['sshd']],
    ['(?:a|b-c)', ['a', 'b-c']],
    ['postfix(-\\w+)?/\\w+', []],
  ])('%j are %j', (daemon, programs) => {
    expect(programsOf(daemon)).toEqual(programs)
  })
})

const files: Readonly<Record<string, string>> = {
  'jail.conf': `[DEFAULT]
maxretry = 3
findtime = 10m
bantime = 1h
ignoreip = 127.0.0.1/8 ::1, 203.0.113.0/24 office.example
[shop]
enabled = true
filter = shop[mode=strict]
logpath = /srv/shop/auth.log
          /srv/shop/old.log tail
port = http
[once]
enabled = true
maxretry = 1
filter = shop
logpath = /srv/shop/auth.log
bantime = -1
[off]
filter = shop
[lost]
enabled = true
filter = nothing
`,
  'jail.local':
    '[shop]\nbantime.increment = true\nbantime.maxtime = 1d\nbantime = 2h\n[off]\nenabled = false\n',
  'filter.d/shop.conf': `[Definition]
failregex = <mdre-<mode>>
            ^also (?=x)<HOST>
mdre-normal = ^denied <HOST>
mdre-strict = ^refused <HOST>$
mode = normal
ignoreregex = ^denied 10\\.
`,
}
const read = (path: string): string | undefined => files[path]
const listed = Object.keys(files)

describe('jails', () => {
  it('are read with their defaults, in fail2ban’s order', () => {
    const [shop, once, lost, ...rest] = readJails(read, listed, { all: false })
    expect(shop).toMatchObject({
      name: 'shop',
      filter: 'shop',
      logPaths: ['/srv/shop/auth.log', '/srv/shop/old.log'],
      maxRetry: 3,
      findSeconds: 600,
      banSeconds: 7200,
      growth: 2,
      maxBanSeconds: 86_400,
      ignoreIp: ['127.0.0.1/8', '::1', '203.0.113.0/24', 'office.example'],
    })
    expect([once?.banSeconds, lost?.name, rest]).toEqual([Number.POSITIVE_INFINITY, 'lost', []])
    expect(readJails(read, listed, { all: true }).map(({ name }) => name)).toEqual([
      'shop',
      'once',
      'off',
      'lost',
    ])
  })

  it('bring their filter with the options that they give it', () => {
    const strict = readFilter('shop', read, new Map([['mode', 'strict']]))
    expect(strict?.patterns[0]?.pattern).toMatch(/^\^refused /u)
    expect(strict?.lost).toEqual([{ regex: '^also (?=x)<HOST>', why: 'needs a look-around' }])
    expect(readFilter('shop', read, new Map())?.patterns[0]?.pattern).toMatch(/^\^denied /u)
    expect([readFilter('none', read, new Map()), readFilter('../jail', read, new Map())]).toEqual([
      undefined,
      undefined,
    ])
  })

  it('become rules, profiles, sources and an allow-list, and what could not be carried is named', () => {
    const migration = importFail2ban({ read, listed, all: false })
    const text = (path: string): string => migration.files.find((file) => file.path === path)?.text ?? ''
    expect(text('scenarios/fail2ban/shop.yaml')).toContain('capacity: 2\nleakspeed: "200s"')
    expect(text('scenarios/fail2ban/once.yaml')).toContain('type: "trigger"')
    expect(text('parsers/s01-parse/fail2ban/shop.yaml')).toContain('not (evt.Parsed.message matches')
    expect(text('profiles.yaml')).toContain('2 ** min(n, 20)')
    expect(text('profiles.yaml')).toContain('duration: "315360000s"')
    expect(text('acquis.yaml')).toContain('- "/srv/shop/auth.log"')
    expect(text('allowlist.txt')).toBe('127.0.0.1/8\n::1\n203.0.113.0/24\n')
    const about = (what: string): string | undefined =>
      migration.report.find((item) => item.what === what)?.carry
    expect(about('jail shop')).toBe('partly')
    expect(about('jail lost')).toBe('not-carried')
    expect(about('ignoreip office.example')).toBe('not-carried')
    expect(about('jail shop, port')).toBe('not-carried')
  })
})
