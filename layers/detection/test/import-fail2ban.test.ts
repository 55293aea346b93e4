import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GoTime, HubEngine } from '@sevenfold/behaviour'
import type { RuleDocument, RuleFiles } from '@sevenfold/behaviour'
import { isJsonObject } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { parseYamlStream, yamlLimits } from '@sevenfold/yaml'
import { baseParsers } from '../src/migration/fail2ban/base-parsers.ts'
import { parserFile } from '../src/migration/fail2ban/filter-files.ts'
import { importFail2ban } from '../src/migration/fail2ban/import-fail2ban.ts'
import { readFilter } from '../src/migration/fail2ban/read-filter.ts'
import type { MadeFile } from '../src/migration/report.ts'
import { readProfiles } from '../src/profiles/read-profiles.ts'

const folder = '/etc/fail2ban'
const isInstalled = existsSync(join(folder, 'jail.conf'))
// Lines with what fail2ban makes of them: its own tests, installed beside it.
const logs = '/usr/lib/python3/dist-packages/fail2ban/tests/files/logs'
const read = (path: string): string | undefined => {
  try {
    return readFileSync(join(folder, path), 'utf8')
  } catch {
    return undefined
  }
}

function documentsOf(path: string, text: string): RuleDocument[] {
  return parseYamlStream(text, { ...yamlLimits, maxDocuments: 50 }).map((document) => {
    expect(document.errors).toEqual([])
    return { file: path, value: document.value, at: (place, what) => document.at(place, what) }
  })
}

function rulesOf(files: readonly MadeFile[]): RuleFiles {
  const staged = (kind: string) =>
    files
      .filter(({ path }) => path.startsWith(kind))
      .map(({ path, text }) => ({
        documents: documentsOf(path, text),
        stage: path.split('/')[1] ?? '',
        name: path,
      }))
  return {
    patterns: [],
    parsers: staged('parsers/'),
    postoverflows: [],
    scenarios: staged('scenarios/'),
    contexts: [],
  }
}

function engineOf(files: readonly MadeFile[]) {
  const hits: { scenario: string; source: string }[] = []
  const engine = new HubEngine(rulesOf(files), {
    clock: 'live',
    facilities: { now: () => new GoTime(Date.UTC(2026, 0, 31)) },
    onOverflow: ({ Overflow }) => {
      for (const source of Overflow?.Sources.keys() ?? [])
        hits.push({ scenario: Overflow?.Alert.Scenario ?? '', source })
    },
  })
  expect(engine.rules.problems).toEqual([])
  const take = (raw: string, type: string): void =>
    void engine.takeLine({ raw, source: 'log', module: 'file', labels: new Map([['type', type]]) })
  return { hits, take }
}

describe.skipIf(!isInstalled)('the jails of an installed fail2ban (needs fail2ban)', () => {
  const listed = isInstalled ? readdirSync(folder, { recursive: true }).map(String) : []

  it('that Debian enables become a scenario that bans for a brute force', () => {
    const { files, report } = importFail2ban({ read, listed, all: false })
    expect(report.find(({ what }) => what === 'jail sshd')?.carry).not.toBe('not-carried')
    const { hits, take } = engineOf(files)
    for (let i = 0; i < 8; i += 1)
      take(
        `Jan 31 12:00:0${i} host sshd[12]: Failed password for root from 203.0.113.7 port 40${i} ssh2`,
        'syslog',
      )
    expect(hits).toEqual([{ scenario: 'fail2ban/sshd', source: '203.0.113.7' }])
  })

  it('all load without a problem, with profiles that compile, and a reason for whatever is missing', () => {
    const { files, report } = importFail2ban({ read, listed, all: true })
    engineOf(files)
    const profiles = files.find(({ path }) => path === 'profiles.yaml')?.text ?? ''
    expect(readProfiles(profiles, 'profiles.yaml', { now: () => new GoTime(0) }).length).toBeGreaterThan(60)
    const jails = report.filter(({ what }) => /^jail [\w.-]+$/u.test(what))
    expect(jails.filter(({ carry }) => carry !== 'not-carried').length).toBeGreaterThan(60)
    for (const { carry, note } of report) if (carry !== 'carried') expect(note).not.toBe('')
  })
})

interface Expected {
  readonly filter: string
  readonly options: JsonObject
  readonly line: string
  readonly match: boolean
  readonly host: string
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    const first: unknown = Array.isArray(value) ? value[0] : value
    return isJsonObject(first) ? first : {}
  } catch {
    return {}
  }
}

function samplesOf(filter: string): Expected[] {
  const samples: Expected[] = []
  let options: JsonObject = {}
  let expected: JsonObject | undefined
  for (const line of readFileSync(join(logs, filter), 'latin1').split('\n')) {
    const [, kind, text = ''] = /^#\s*(filterOptions?|failJSON):\s*(.*)$/u.exec(line) ?? []
    if (kind === 'failJSON') expected = parsed(text)
    else if (kind !== undefined) options = parsed(text)
    if (line.startsWith('#') || line.trim() === '' || expected === undefined) continue
    const host = typeof expected['host'] === 'string' ? expected['host'] : ''
    samples.push({ filter, options, line, match: expected['match'] === true, host })
    expected = undefined
  }
  return samples
}

const isSyslogLine = (line: string): boolean =>
  /^(?:\w{3} +\d+ [\d:]+|\d{4}-\d\d-\d\dT\S+) \S+ [^\s[]+(?:\[\d+\])?: /u.test(line)

function judge(samples: readonly Expected[]) {
  const engines = new Map<string, ReturnType<typeof engineOf> & { own: string; isSyslog: boolean }>()
  const result = { found: 0, expected: 0, wrong: [] as string[] }
  for (const { filter, options, line, match, host } of samples) {
    const key = JSON.stringify(options)
    const given = Object.entries(options).filter(([name]) => !name.startsWith('test.') && name !== 'logtype')
    const carried = readFilter(
      filter,
      read,
      new Map(given.map(([name, value]) => [name, typeof value === 'string' ? value : ''])),
    )
    if (carried === undefined || carried.patterns.length === 0) continue
    let engine = engines.get(key)
    if (engine === undefined) {
      const trigger = `type: trigger\nname: t\ndescription: t\nfilter: "evt.Meta.log_type == 'fail2ban-${filter}'"\ngroupby: evt.Meta.source_ip\nlabels: {remediation: true}\n`
      const files = [...baseParsers(), parserFile(carried), { path: 'scenarios/t/t.yaml', text: trigger }]
      const own = `fail2ban-${carried.isSyslog ? 'daemon-' : ''}${filter}`
      engines.set(key, (engine = { ...engineOf(files), own, isSyslog: carried.isSyslog }))
    }
    engine.hits.length = 0
    engine.take(line, engine.isSyslog && isSyslogLine(line) ? 'syslog' : engine.own)
    const source = engine.hits[0]?.source
    // Names are resolved by fail2ban; here only addresses count.
    const isMeant = match && host !== '' && line.includes(host)
    if (isMeant) result.expected += 1
    if (isMeant && source === host.replace(/^::ffff:/u, '')) result.found += 1
    else if (source !== undefined && (!match || isMeant)) result.wrong.push(`${filter}: ${source} in ${line}`)
  }
  return result
}

describe.skipIf(!isInstalled || !existsSync(logs))('lines of fail2ban’s own tests (needs fail2ban)', () => {
  const names = existsSync(logs)
    ? readdirSync(logs).filter((name) => name !== 'bsd' && !name.startsWith('zzz'))
    : []

  it('are never found where fail2ban does not, and never for another address', () => {
    const results = names.map((name) => judge(samplesOf(name)))
    expect(results.flatMap(({ wrong }) => wrong)).toEqual([])
    const sum = (of: 'found' | 'expected'): number => results.reduce((total, result) => total + result[of], 0)
    // Of the filters that could be carried; what their other patterns would find is in the report of the migration.
    expect(sum('found') / sum('expected')).toBeGreaterThan(0.7)
  }, 120_000)
})
