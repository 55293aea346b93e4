import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from './call.ts'

const shared =
  process.env['SEVENFOLD_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const crs = join(shared, 'crs')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const answersOf = (stdout: string): unknown[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)

describe('waf unit', () => {
  it('answers operators, transformations and detectors in order', async () => {
    writeFileSync(join(folder, 'words.data'), 'alpha\nbeta\n')
    const cases = [
      { kind: 'op', name: 'contains', param: 'b', input: 'abc' },
      { kind: 'op', name: 'pmFromFile', param: 'words.data', input: 'a beta test' },
      { kind: 'op', name: 'pmFromFile', param: 'none.data', input: 'x' },
      { kind: 'op', name: 'noSuchOperator', param: '', input: '' },
      { kind: 'tfn', name: 'urlDecode', input: '%41%ff' },
      { kind: 'tfn', name: 'noSuchFunction', input: 'a' },
      // The published unit cases call the kind their type.
      { type: 'tfn', name: 'lowercase', input: 'A', output: 'a', ret: 1 },
      { kind: 'sqli', input: '1 UNION SELECT password FROM users' },
      { kind: 'sqli', input: "O'Brien" },
      { kind: 'xss', input: '<script>alert(1)</script>' },
    ]
    const { stdout, stderr, code } = await call(
      ['waf', 'unit'],
      folder,
      cases.map((one) => JSON.stringify(one)).join('\n'),
    )
    expect(answersOf(stdout)).toEqual([
      { ret: 1 },
      { ret: 1 },
      { skip: true, reason: 'the file none.data cannot be read' },
      { skip: true, reason: 'unknown operator noSuchOperator' },
      { output: 'A\u00ff' },
      { skip: true, reason: 'unknown transformation noSuchFunction' },
      { output: 'a' },
      { ret: 1 },
      { ret: 0 },
      { ret: 1 },
    ])
    expect({ stderr, code }).toEqual({ stderr: '10 answered, 0 unreadable\n', code: 0 })
  })

  it('refuses lines that are no cases and characters that are no bytes', async () => {
    const lines = [
      '{',
      '{"kind":"none"}',
      '{"kind":"tfn","name":"lowercase","input":"€"}',
      '{"kind":"op","name":5}',
      '{"kind":"xss","input":"a"}',
    ]
    const { stdout, code } = await call(['waf', 'unit'], folder, lines.join('\n'))
    expect(answersOf(stdout).map((answer) => Object.keys(answer as object))).toEqual([
      ['error'],
      ['error'],
      ['error'],
      ['error'],
      ['ret'],
    ])
    expect(code).toBe(1)
  })
})

describe('waf ftw', () => {
  it('runs tests from folders and says why one fails', async () => {
    mkdirSync(join(folder, 'tests', 'deep'), { recursive: true })
    writeFileSync(
      join(folder, 'own.conf'),
      'SecRule ARGS:a "@streq 0x10" "id:100,phase:2,deny,log,msg:\'found\'"\n',
    )
    writeFileSync(
      join(folder, 'tests', 'deep', '100.yaml'),
      `rule_id: 100
tests:
  - test_id: 1
    stages: [{ input: { uri: "/?a=0x10", headers: { Host: a } }, output: { log: { expect_ids: [100] } } }]
  - test_id: 2
    stages: [{ input: { uri: "/?a=16", headers: { Host: a } }, output: { log: { expect_ids: [100] } } }]
`,
    )
    const args = ['waf', 'ftw', '--tests', 'tests', '--rules', 'own.conf']
    const { stdout, stderr, code } = await call(args, folder)
    expect(answersOf(stdout)).toMatchObject([
      { test: '100-1', pass: true, why: '' },
      { test: '100-2', pass: false, why: expect.stringContaining('100') },
    ])
    expect({ stderr, code }).toEqual({ stderr: '1 passed, 1 failed\n', code: 1 })
    expect(answersOf((await call([...args, '--failed'], folder)).stdout)).toHaveLength(1)
    expect((await call([...args, '--include=-1$'], folder)).code).toBe(0)
  })

  it('names the place of a test file that is no YAML, and a folder that is not there', async () => {
    writeFileSync(join(folder, 'bad.yaml'), 'a: [\n')
    expect((await call(['waf', 'ftw', '--tests', 'bad.yaml'], folder)).stderr).toMatch(/bad\.yaml:\d+:\d+: /)
    expect(await call(['waf', 'ftw', '--tests', 'none'], folder)).toMatchObject({ code: 3 })
    expect(await call(['waf', 'ftw'], folder)).toMatchObject({ code: 2 })
  })

  it.skipIf(!existsSync(crs))(
    'passes the tests of one file of the Core Rule Set (needs ../shared/crs)',
    async () => {
      const tests = join(crs, 'tests', 'REQUEST-930-APPLICATION-ATTACK-LFI')
      const rules = ['--rules', join(crs, 'rules'), '--setup', join(crs, 'crs-setup.conf.example')]
      const { stderr, code } = await call(['waf', 'ftw', '--tests', tests, ...rules], folder)
      expect({ stderr, code }).toEqual({ stderr: expect.stringMatching(/^\d+ passed, 0 failed\n$/), code: 0 })
    },
  )
})

describe('waf explain', () => {
  const request = JSON.stringify({ id: 1, uri: '/?a=TEA%1b[31m', headers: { Host: 'a' } })

  it('shows each value through its transformations, and the least exclusion', async () => {
    writeFileSync(
      join(folder, 'own.conf'),
      'SecRule ARGS "@contains tea" "id:100,phase:2,deny,log,t:lowercase,msg:\'found\'"\n',
    )
    const { stdout, code } = await call(['waf', 'explain', '--rules', 'own.conf'], folder, request)
    expect(code).toBe(1)
    expect(stdout).toContain('rule 100: found')
    expect(stdout).toContain('as it came       ')
    expect(stdout).toContain('lowercase        tea\\x1b[31m')
    expect(stdout).toContain('ctl:ruleRemoveTargetById=100;ARGS:a')
    expect(stdout).not.toContain('\u001b')
  })

  it('gives JSON, and 0 when nothing matched', async () => {
    writeFileSync(join(folder, 'own.conf'), 'SecRule ARGS "@contains pot" "id:100,phase:2,deny,log"\n')
    const { stdout, code } = await call(['waf', 'explain', '--json', '--rules', 'own.conf'], folder, request)
    expect(JSON.parse(stdout)).toEqual({ id: 1, verdict: 'pass', score: 0, rules: [] })
    expect(code).toBe(0)
  })
})

describe('waf lint', () => {
  it('is content with the rules that come with the program', async () => {
    expect(await call(['waf', 'lint'], folder)).toEqual({ stdout: 'fine\n', stderr: '', code: 0 })
  })

  it('names findings with their places', async () => {
    writeFileSync(join(folder, 'own.conf'), 'SecRule ARGS "@streq a" "id:100,deny"\n')
    const { stdout, code } = await call(['waf', 'lint', '--rules', 'own.conf'], folder)
    expect(stdout).toMatch(/own\.conf:1:\d+: missing-phase: /)
    expect(code).toBe(1)
  })
})

describe('sigma eval', () => {
  const rule = `title: Probe
id: 11111111-1111-4111-8111-111111111111
logsource: { category: webserver }
detection:
  selection: { cs-uri-query|contains: union select }
  condition: selection
`
  it('gives the ids of the rules that match, for the log source of each event', async () => {
    writeFileSync(join(folder, 'probe.yml'), rule)
    const event = { 'cs-uri-query': 'id=1 UNION SELECT 2' }
    const lines = [
      { id: 'a', logsource: { category: 'webserver' }, event },
      { id: 'b', logsource: { category: 'dns' }, event },
      { id: 'c', logsource: { category: 'webserver' }, event: {} },
    ]
    const { stdout, code } = await call(
      ['sigma', 'eval', '--rules', 'probe.yml'],
      folder,
      lines.map((line) => JSON.stringify(line)).join('\n'),
    )
    expect(answersOf(stdout)).toEqual([
      { id: 'a', matches: ['11111111-1111-4111-8111-111111111111'] },
      { id: 'b', matches: [] },
      { id: 'c', matches: [] },
    ])
    expect(code).toBe(0)
  })

  it('names rules that cannot be used with their place, and goes on with the others', async () => {
    mkdirSync(join(folder, 'rules'))
    writeFileSync(join(folder, 'rules', 'a.yml'), rule)
    writeFileSync(join(folder, 'rules', 'b.yml'), rule.replace('contains', 'nonsense'))
    writeFileSync(join(folder, 'rules', 'c.yml'), 'a: [\n')
    const { stderr, code } = await call(['sigma', 'eval', 'rules', '--rules', 'rules'], folder)
    expect(stderr).toMatch(/b\.yml:\d+:\d+: /)
    expect(stderr).toMatch(/c\.yml:\d+:\d+: /)
    expect(code).toBe(0)
  })

  it('follows correlations over the times of the events', async () => {
    const correlations = `---
title: Many probes
id: 22222222-2222-4222-8222-222222222222
correlation:
  type: event_count
  rules: [11111111-1111-4111-8111-111111111111]
  group-by: [c-ip]
  timespan: 1m
  condition: { gte: 2 }
---
title: One probe and no more
id: 33333333-3333-4333-8333-333333333333
correlation:
  type: event_count
  rules: [11111111-1111-4111-8111-111111111111]
  group-by: [c-ip]
  timespan: 1m
  condition: { eq: 1 }
`
    writeFileSync(join(folder, 'chain.yml'), `${rule}${correlations}`)
    const [probe, many, one] = ['1', '2', '3'].map((digit) =>
      '11111111-1111-4111-8111-111111111111'.replaceAll('1', digit),
    )
    const line = (time: unknown, from: string): string =>
      JSON.stringify({
        id: from,
        time,
        logsource: { category: 'webserver' },
        event: { 'cs-uri-query': 'union select', 'c-ip': from },
      })
    const input = [
      line('2026-01-01T00:00:00Z', 'a'),
      line(1_767_225_610, 'a'),
      line(1_767_225_620_000, 'b'),
      line(undefined, 'b'),
    ].join('\n')
    const { stdout, stderr } = await call(['sigma', 'eval', '--rules', 'chain.yml'], folder, input)
    const fired = { id: many, group: { 'c-ip': 'a' }, result: 2, count: 2 }
    expect(answersOf(stdout)).toEqual([
      { id: 'a', matches: [probe], correlations: [] },
      { id: 'a', matches: [probe, many], correlations: [fired] },
      { id: 'b', matches: [probe], correlations: [] },
      { id: 'b', matches: [probe], correlations: [] },
      { id: null, matches: [one], correlations: [{ id: one, group: { 'c-ip': 'b' }, result: 1, count: 1 }] },
    ])
    expect(stderr).toContain('1 events have no time')
  })

  it('takes placeholders and field mappings from files', async () => {
    const own = rule.replace('cs-uri-query|contains: union select', "c-ip|expand: '%scanners%'")
    writeFileSync(join(folder, 'own.yml'), own)
    writeFileSync(join(folder, 'names.yml'), 'scanners: [192.0.2.1, 192.0.2.2]\n')
    writeFileSync(
      join(folder, 'map.yml'),
      '- { logsource: { category: webserver }, fields: { c-ip: source.ip } }\n',
    )
    writeFileSync(join(folder, 'bad.yml'), '- 5\n')
    const event = { source: { ip: '192.0.2.2' } }
    const input = JSON.stringify({ id: 1, logsource: { category: 'webserver' }, event })
    const words = ['sigma', 'eval', '--rules', 'own.yml', '--placeholders', 'names.yml', '--mapping']
    const { stdout } = await call([...words, 'map.yml'], folder, input)
    expect(answersOf(stdout)).toEqual([{ id: 1, matches: ['11111111-1111-4111-8111-111111111111'] }])
    expect(await call([...words, 'bad.yml'], folder, input)).toMatchObject({ code: 2 })
    expect(await call([...words, 'none.yml'], folder, input)).toMatchObject({ code: 3 })
  })

  it('answers lines that are no events with an error', async () => {
    writeFileSync(join(folder, 'probe.yml'), rule)
    const { stdout, code } = await call(['sigma', 'eval', '--rules', 'probe.yml'], folder, '{\n{"id":1}\n')
    expect(answersOf(stdout)).toMatchObject([{ error: expect.any(String) }, { error: expect.any(String) }])
    expect(code).toBe(1)
    expect(await call(['sigma', 'eval'], folder)).toMatchObject({ code: 2 })
  })
})

describe('input that makes no sense', () => {
  const good = { id: 'good', method: 'GET', uri: '/', headers: { Host: 'a', 'User-Agent': 'm' } }

  it('is answered by waf eval in its place, with the number of the request', async () => {
    const lines = [
      'no json',
      '[]',
      JSON.stringify({ ...good, uri: undefined }),
      JSON.stringify({ ...good, headers: 5 }),
      JSON.stringify({ ...good, headers: [['Host']] }),
      JSON.stringify({ ...good, headers: { Host: 1 } }),
      JSON.stringify({ ...good, bodyBase64: '***' }),
      JSON.stringify({ ...good, body: 'a', bodyBase64: 'YQ==' }),
      JSON.stringify({ ...good, body: { a: 1 } }),
      JSON.stringify({ ...good, response: 'ok' }),
      JSON.stringify(good),
    ]
    const { stdout, stderr, code } = await call(['waf', 'eval'], folder, lines.join('\n'))
    const answers = answersOf(stdout)
    expect(answers.slice(0, -1)).toEqual(
      lines.slice(0, -1).map((_, at) => ({
        id: at < 2 ? null : 'good',
        request: at + 1,
        error: expect.stringMatching(/must be|pairs|not both|is not valid JSON|Unexpected token/),
      })),
    )
    expect(answers.at(-1)).toMatchObject({ id: 'good', verdict: 'pass' })
    expect({ stderr, code }).toEqual({ stderr: '1 passed, 0 blocked, 10 unreadable\n', code: 1 })
  })

  it.each(['coverage', 'explain'])('ends waf %s with the number of the request', async (command) => {
    const { stderr, code } = await call(['waf', command], folder, `${JSON.stringify(good)}\nno json\n`)
    expect(code).toBe(3)
    expect(stderr).toContain('request 2: ')
  })

  it('ends waf ftw when the pattern for its tests is none', async () => {
    const { stderr, code } = await call(['waf', 'ftw', '--tests', '.', '--include', '('], folder, '')
    expect(code).toBe(2)
    expect(stderr).toContain('error: --include: ')
  })

  it.each([
    ['Include none.conf', 'rules.conf:1:9: cannot be read'],
    ['Include none/*.conf', 'rules.conf:1:9: cannot be read'],
    ['Include */none.conf', 'only the last part of a path may be a pattern'],
    ['SecRule ARGS "@rx a', 'rules.conf:1:14: quote is never closed'],
    ['SecRemoteRules key https://rules.example/', 'rules are never loaded over the network'],
    ['SecRuleScript a.lua "id:1"', 'Lua scripts are never run'],
    ['SecRule REMOTE_ADDR "@geoLookup" "id:1,phase:1"', 'it needs a GeoIP database'],
    ['SecRule ARGS "@rx a" "id:1,phase:2,exec:/a.lua"', 'scripts are never run'],
    ['SecRulEngine On', "did you mean 'SecRuleEngine'?"],
    ['SecRule ARGS "@rxx a" "id:1,phase:2"', "did you mean 'rx'?"],
    ['SecRule ARGS "@rx a" "id:1,phase:2,t:lowrcase"', "did you mean 'lowercase'?"],
  ])('in a rule file, %s, has its place and what to do', async (text, expected) => {
    writeFileSync(join(folder, 'rules.conf'), `${text}\n`)
    for (const command of ['lint', 'eval', 'explain', 'coverage']) {
      const { stderr, code } = await call(['waf', command, '--rules', 'rules.conf'], folder, '')
      expect({ command, code }).toEqual({ command, code: 3 })
      expect(stderr).toContain(expected)
      expect(stderr).not.toContain('    at ')
    }
  })
})
