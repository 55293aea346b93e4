import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configProblemCodes, problemText, readConfig } from '../index.ts'

const folder = fileURLToPath(new URL('../../testdata/problems/', import.meta.url))
const update = process.env['SEVENFOLD_UPDATE'] === '1'
const runs = Number(process.env['SEVENFOLD_PROPERTY_RUNS'] ?? 200)
const seed = Number(process.env['SEVENFOLD_PROPERTY_SEED'] ?? 7)

const site = (more: string) =>
  `version: 1\nsites:\n  - { name: shop, listen: "127.0.0.1:7700", upstream: "http://127.0.0.1:9000"${more} }\n`

/** A configuration of one site with some options more. */
function siteWith(options: string): string {
  return `sites: [{ name: a, listen: "127.0.0.1:1", upstream: "http://a", ${options} }]`
}

describe('readConfig', () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.yaml'))) {
    it(`tells all that is wrong with ${name} at once`, () => {
      const text = readFileSync(`${folder}${name}`, 'utf8')
      const shown = `${readConfig(text, name).problems.map(problemText).join('\n')}\n`
      const expected = `${folder}${name.replace('.yaml', '.txt')}`
      if (update) writeFileSync(expected, shown)
      expect(shown).toBe(readFileSync(expected, 'utf8'))
    })
  }

  it('never repeats a secret that was written into the file', () => {
    const text = readFileSync(`${folder}secrets.yaml`, 'utf8')
    const shown = JSON.stringify(readConfig(text, 'x').problems)
    expect(shown).not.toContain('hunter2')
    expect(shown).not.toContain('correct-horse')
  })

  it('takes the smallest file', () => {
    expect(readConfig('version: 1\n', 'x')).toMatchObject({ ok: true })
  })

  it('fills in every default', () => {
    const read = readConfig(site(''), 'x')
    if (!read.ok) throw new Error('refused')
    expect(read.config.edge.limits.headerSize).toEqual({ unit: 'bytes', value: 16_384 })
    expect(read.config.detection.banDuration).toEqual({ unit: 'ms', value: 14_400_000 })
    expect(read.config.sites[0]).toMatchObject({ hosts: ['*'], steps: {}, accessEvents: 'aggregate' })
  })

  const edges: readonly (readonly [string, string, boolean])[] = [
    ['a limit at its lowest', 'edge: { limits: { headerCount: 10 } }', true],
    ['a limit just below its lowest', 'edge: { limits: { headerCount: 9 } }', false],
    ['a limit at its highest', 'edge: { limits: { headerSize: 64KiB } }', true],
    ['a limit just above its highest', 'edge: { limits: { headerSize: 65537B } }', false],
    ['a duration at its lowest', 'edge: { limits: { headerTimeout: 100ms } }', true],
    ['a duration just below its lowest', 'edge: { limits: { headerTimeout: 99ms } }', false],
    ['a duration without unit', 'edge: { limits: { headerTimeout: 5 } }', false],
    ['the highest paranoia', 'edge: { paranoia: 4 }', true],
    ['a paranoia above it', 'edge: { paranoia: 5 }', false],
    [
      'an exclusion of a parameter',
      siteWith('exclusions: [{ rule: 1, path: /a%20b, variable: "ARGS:q" }]'),
      true,
    ],
    ['an exclusion without path', siteWith('exclusions: [{ rule: 1 }]'), false],
    ['an exclusion of a path with a space', siteWith('exclusions: [{ rule: 1, path: "/a b" }]'), false],
    [
      'an exclusion that names a pattern',
      siteWith('exclusions: [{ rule: 1, path: /, variable: "ARGS:/q/" }]'),
      false,
    ],
    [
      'an exclusion that ends the quotes',
      siteWith(`exclusions: [{ rule: 1, path: /, variable: 'ARGS:"' }]`),
      false,
    ],
    ['rules of a site', siteWith('rules: [builtin, ./own], paranoia: 4'), true],
    ['rules of a site from the network', siteWith('rules: ["https://example.org/rules"]'), false],
    [
      'a site name of 63 characters',
      `sites: [{ name: ${'a'.repeat(63)}, listen: "127.0.0.1:1", upstream: "http://a" }]`,
      true,
    ],
    [
      'a site name of 64 characters',
      `sites: [{ name: ${'a'.repeat(64)}, listen: "127.0.0.1:1", upstream: "http://a" }]`,
      false,
    ],
    ['port 65535', 'admin: { console: { listen: "127.0.0.1:65535" } }', true],
    ['port 65536', 'admin: { console: { listen: "127.0.0.1:65536" } }', false],
    ['an IPv6 listener', 'admin: { console: { listen: "[::1]:7770" } }', true],
    [
      '256 trusted networks',
      `admin: { trusted: [${Array.from({ length: 256 }, (_, n) => `10.0.0.${n}`).join(', ')}] }`,
      true,
    ],
    [
      '257 trusted networks',
      `admin: { trusted: [${Array.from({ length: 257 }, (_, n) => `10.0.1.${n % 256}`).join(', ')}] }`,
      false,
    ],
    [
      'a console open to all without trusted networks',
      'admin: { console: { listen: "0.0.0.0:7770" } }',
      false,
    ],
    [
      'a console open to named networks',
      'admin: { trusted: [10.0.0.0/8], console: { listen: "0.0.0.0:7770" } }',
      true,
    ],
  ]
  for (const [name, text, good] of edges) {
    it(`${good ? 'takes' : 'refuses'} ${name}`, () => {
      expect(readConfig(`version: 1\n${text}\n`, 'x').ok).toBe(good)
    })
  }

  it('lets several sites share a port when their hosts differ', () => {
    const two = `${site(', hosts: [a.example]')}  - { name: b, listen: "127.0.0.1:7700", upstream: "http://127.0.0.1:9000", hosts: [b.example] }\n`
    expect(readConfig(two, 'x').problems).toEqual([])
  })

  it('lets any number of listeners ask for a free port', () => {
    const text =
      'version: 1\nadmin: { console: { listen: "127.0.0.1:0" } }\nsites:\n  - { name: a, listen: "127.0.0.1:0", upstream: "http://a" }\n  - { name: b, listen: "127.0.0.1:0", upstream: "http://a" }\n'
    expect(readConfig(text, 'x').problems).toEqual([])
  })

  it('treats __proto__ and constructor as unknown keys', () => {
    const { problems } = readConfig(
      'version: 1\n__proto__: { a: 1 }\nconstructor: 1\nedge: { toString: 1 }\n',
      'x',
    )
    expect(problems.map(({ code }) => code)).toEqual([
      'CONFIG_UNKNOWN_KEY',
      'CONFIG_UNKNOWN_KEY',
      'CONFIG_UNKNOWN_KEY',
    ])
  })

  it('never throws, whatever the text, and every problem has a code and a place', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.integer(),
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        tie('list'),
        tie('map'),
      ),
      list: fc.array(tie('any'), { maxLength: 3 }),
      map: fc.dictionary(
        fc.constantFrom(
          'sites',
          'name',
          'edge',
          'limits',
          'admin',
          'console',
          'listen',
          'steps',
          'detection',
          'api',
          'bouncers',
          'key',
          'zzz',
        ),
        tie('any'),
        { maxKeys: 4 },
      ),
    })).map
    fc.assert(
      fc.property(value, (made) => {
        for (const problem of readConfig(JSON.stringify(made), 'x').problems) {
          expect(configProblemCodes).toContain(problem.code)
          expect(problem.line).toBeGreaterThanOrEqual(1)
        }
      }),
      { numRuns: runs, seed },
    )
  })
})
