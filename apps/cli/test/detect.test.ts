import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from './call.ts'

const files: Readonly<Record<string, string>> = {
  'patterns/own': 'KNOCK knock at %{WORD:door} from %{IP:source_ip}\n',
  'parsers/s00-raw/own/plain.yaml': `
name: own/plain
filter: "evt.Line.Labels.type == 'door'"
onsuccess: next_stage
statics:
  - { parsed: message, expression: evt.Line.Raw }
`,
  'parsers/s01-parse/own/door.yaml': `
name: own/door
onsuccess: next_stage
grok: { apply_on: message, pattern: '^%{TIMESTAMP_ISO8601:time} %{KNOCK}' }
statics:
  - { meta: log_type, value: knock }
  - { meta: source_ip, expression: evt.Parsed.source_ip }
  - { target: evt.StrTime, expression: evt.Parsed.time }
`,
  'parsers/s02-enrich/own/date.yaml': `
name: own/date
filter: "evt.StrTime != ''"
statics:
  - { method: ParseDate, expression: evt.StrTime }
  - { target: MarshaledTime, expression: evt.Enriched.MarshaledTime }
`,
  'scenarios/own/knocking.yaml': `
type: leaky
name: own/knocking
description: knocks too often
filter: evt.Meta.log_type == 'knock'
groupby: evt.Meta.source_ip
distinct: evt.Parsed.door
capacity: 1
leakspeed: 10s
labels: { remediation: true }
`,
  'collections/own/all.yaml': `
name: own/all
parsers: [own/plain, own/door, own/date, own/elsewhere]
scenarios: [own/knocking]
`,
  'tests/knock/config.yaml': `
parsers: [own/plain, ./parsers/s01-parse/own/door.yaml, own/date]
scenarios: [own/knocking]
postoverflows: [""]
log_file: knock.log
log_type: door
ignore_parsers: false
`,
  'tests/knock/knock.log':
    '2026-02-10T12:00:00Z knock at front from 192.0.2.7\n2026-02-10T12:00:01Z knock at back from 192.0.2.7\n',
  'tests/knock/parser.assert': `
len(results) == 4
results["s01-parse"]["own/door"][1].Evt.Parsed["door"] == "back"
results["s02-enrich"]["own/date"][0].Evt.Enriched["MarshaledTime"] == "2026-02-10T12:00:00Z"
`,
  'tests/knock/scenario.assert': `
len(results) == 1
results[0].Overflow.Alert.GetEventsCount() == 2
results[0].Overflow.Alert.Remediation == true
`,
  'tests/wrong/config.yaml': 'parsers: [own/plain]\nlog_file: a.log\nlog_type: door\n',
  'tests/wrong/a.log': 'x\n',
  'tests/wrong/parser.assert': 'results["s00-raw"]["own/plain"][0].Success == false\n',
  'tests/missing/config.yaml': 'parsers: [own/nobody]\nlog_file: a.log\nlog_type: door\n',
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-detect-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, 'hub', name, '..'), { recursive: true })
    writeFileSync(join(folder, 'hub', name), text)
  }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const answersOf = (stdout: string): unknown[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)

describe('detect hubtest', () => {
  it('answers each test on a line, in the order of their names', async () => {
    const { stdout, stderr, code } = await call(
      ['detect', 'hubtest', '--hub', 'hub', '--tests', 'hub/tests'],
      folder,
    )
    expect(answersOf(stdout)).toEqual([
      { test: 'knock', parser: 'pass', scenario: 'pass', pass: true, why: '' },
      {
        test: 'missing',
        parser: 'fail',
        scenario: 'fail',
        pass: false,
        why: 'there is no parsers own/nobody',
      },
      {
        test: 'wrong',
        parser: 'fail',
        scenario: 'none',
        pass: false,
        why: '1 assertions, the first: results["s00-raw"]["own/plain"][0].Success == false',
      },
    ])
    expect({ stderr, code }).toEqual({ stderr: '1 of 3 tests pass\n', code: 1 })
  })

  it('runs single tests, also without generated code', async () => {
    const args = ['detect', 'hubtest', '--hub', 'hub', '--tests', 'hub/tests', '--closures', 'knock']
    expect(await call(args, folder)).toMatchObject({ code: 0, stderr: '1 of 1 tests pass\n' })
    expect(await call([...args.slice(0, -1), 'nobody'], folder)).toMatchObject({ code: 2 })
  })
})

describe('detect replay', () => {
  it('gives one alert a line', async () => {
    const args = [
      'detect',
      'replay',
      '--hub',
      'hub',
      '--collection',
      'own/all',
      '--type',
      'door',
      'hub/tests/knock/knock.log',
    ]
    const { stdout, stderr, code } = await call(args, folder)
    expect(answersOf(stdout)).toEqual([
      {
        scenario: 'own/knocking',
        scope: 'Ip',
        value: '192.0.2.7',
        events: 2,
        remediation: true,
        whitelisted: false,
        startAt: '2026-02-10T12:00:00Z',
        stopAt: '2026-02-10T12:00:01Z',
        message: "Ip 192.0.2.7 performed 'own/knocking' (2 events over 1s) at 2026-02-10 12:00:01 +0000 UTC",
        context: {},
      },
    ])
    expect({ stderr, code }).toEqual({
      stderr: '2 lines: 0 not parsed, 0 whitelisted, 2 poured into scenarios; 1 overflows\n',
      code: 0,
    })
  })

  it('names rules that cannot be used, with their place', async () => {
    writeFileSync(
      join(folder, 'hub', 'scenarios', 'own', 'bad.yaml'),
      'type: trigger\nname: own/bad\nfilter: true ==\ndescription: x\n',
    )
    const { stderr, code } = await call(
      ['detect', 'replay', '--hub', 'hub', '--type', 'door', 'hub/tests/knock/knock.log'],
      folder,
    )
    expect(stderr).toMatch(/^scenarios\/own\/bad\.yaml:3:9: filter: /u)
    expect(code).toBe(0)
  })

  it('says what is missing in the call', async () => {
    const cases: readonly (readonly [args: readonly string[], stderr: RegExp])[] = [
      [['a.log'], /the folder of the hub is missing/u],
      [['--hub', 'none', 'a.log'], /there is no folder/u],
      [['--hub', 'hub', 'a.log'], /the type of the log is missing/u],
      [['--hub', 'hub', '--type', 'x', '--label', 'y', 'a.log'], /y is no label/u],
    ]
    for (const [args, stderr] of cases) {
      const answer = await call(['detect', 'replay', ...args], folder)
      expect(answer.code).toBe(2)
      expect(answer.stderr).toMatch(stderr)
    }
  })
})

describe('detect explain', () => {
  const line = '2026-02-10T12:00:00Z knock at front from 192.0.2.7'

  it('shows each node, what it found and assigned, and the scenarios', async () => {
    const { stdout, code } = await call(['detect', 'explain', '--hub', 'hub', '--type', 'door', line], folder)
    expect(stdout).toBe(`line: ${line}
s00-raw
  + own/plain
      filter true: evt.Line.Labels.type == 'door'
      Parsed.message = ${line}
s01-parse
  + own/door
      grok time = 2026-02-10T12:00:00Z
      grok door = front
      grok source_ip = 192.0.2.7
      Meta.log_type = knock
      Meta.source_ip = 192.0.2.7
      evt.StrTime = 2026-02-10T12:00:00Z
s02-enrich
  + own/date
      filter true: evt.StrTime != ''
      ParseDate = 2026-02-10T12:00:00Z
      MarshaledTime = 2026-02-10T12:00:00Z
scenarios: poured
  + own/knocking, grouped by 192.0.2.7
      filter true: evt.Meta.log_type == 'knock'
`)
    expect(code).toBe(0)
  })

  it('says so when no parser knows a line', async () => {
    const { stdout, code } = await call(
      ['detect', 'explain', '--hub', 'hub', '--type', 'door', '--json'],
      folder,
      'hello\n',
    )
    expect(answersOf(stdout)).toMatchObject([
      {
        line: 'hello',
        outcome: 'unparsed',
        scenarios: [],
        nodes: [
          { name: 'own/plain', success: true },
          { name: 'own/door', grok: null, success: false },
        ],
      },
    ])
    expect(code).toBe(1)
  })
})

describe('detect bench', () => {
  it('gives rates and what each scenario did', async () => {
    const args = ['detect', 'bench', '--hub', 'hub', '--type', 'door', 'hub/tests/knock/knock.log']
    const [answer] = answersOf((await call([...args, '--json'], folder)).stdout)
    expect(answer).toMatchObject({ scenarios: 1, lines: 2, overflows: 1, unparsed: 0, buckets: 0 })
    const { stdout } = await call([...args, '--scenarios'], folder)
    expect(stdout).toContain('own/knocking')
  })
})
