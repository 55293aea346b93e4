import { isJsonObject } from '@sevenfold/event'
import { parseYamlStream, yamlLimits } from '@sevenfold/yaml'
import { parseRange } from '../../authority/address.ts'
import { DetectionError } from '../../detection-error.ts'
import type { MadeFile, Migration, ReportItem } from '../report.ts'

/** What a migration from CrowdSec reads. */
export interface CrowdsecFolder {
  /** Text of a file by its path in the folder; undefined when it is not there. */
  readonly read: (path: string) => string | undefined
  /** Paths of its files and links. */
  readonly listed: readonly string[]
  /** True for links: items of the hub that are installed unchanged. */
  readonly isLink: (path: string) => boolean
  /** Compiles a text of profiles; throws what is wrong with it. */
  readonly checkProfiles: (
    text: string,
  ) => readonly { readonly name: string; readonly notifications: readonly string[] }[]
  /** Answer of `cscli decisions list -o json` or of the Local API, when there is one. */
  readonly decisions?: string
}

const ruleFolders = [
  'parsers/',
  'postoverflows/',
  'scenarios/',
  'contexts/',
  'collections/',
  'appsec-rules/',
  'appsec-configs/',
]
const isRule = (path: string): boolean =>
  /\.ya?ml$/.test(path) && ruleFolders.some((folder) => path.startsWith(folder))
const limits = { ...yamlLimits, maxDocuments: 1_000, maxNodes: 500_000 }

function documentsOf(text: string): Readonly<Record<string, unknown>>[] {
  return parseYamlStream(text, limits).flatMap(({ value }) => (isJsonObject(value) ? [value] : []))
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []

/** Rules of one's own are taken as they are: the formats are the same. Links are named, to be installed from the hub. */
function rules(folder: CrowdsecFolder): Migration {
  const found = folder.listed.filter(isRule)
  const linked = found.filter((path) => folder.isLink(path))
  const own = found.filter((path) => !folder.isLink(path))
  const files = own.flatMap((path): MadeFile[] => {
    const text = folder.read(path)
    return text === undefined ? [] : [{ path, text }]
  })
  const report: ReportItem[] = files.map(({ path }) => ({
    what: path,
    carry: 'carried',
    note: 'a rule of your own, unchanged',
  }))
  if (linked.length > 0)
    report.push({
      what: `${linked.length} items of the hub`,
      carry: 'partly',
      note: `not copied; take them from a copy of the hub: ${linked
        .map((path) => path.replace(/\.ya?ml$/, ''))
        .join(', ')
        .slice(0, 2_000)}`,
    })
  return { files, report }
}

/** Addresses of whitelist parsers, for a central allow-list: rules spare lines only where they are read. */
function allowList(folder: CrowdsecFolder): Migration {
  const addresses = new Set<string>()
  const report: ReportItem[] = []
  for (const path of folder.listed.filter(
    (one) => isRule(one) && (one.startsWith('parsers/') || one.startsWith('postoverflows/')),
  )) {
    for (const document of documentsOf(folder.read(path) ?? '')) {
      const whitelist = document['whitelist']
      if (!isJsonObject(whitelist)) continue
      const values = [...textsOf(whitelist['ip']), ...textsOf(whitelist['cidr'])]
      for (const value of values) if (parseRange(value) !== undefined) addresses.add(value)
      const name = textOf(document['name']) || path
      if (values.length > 0)
        report.push({
          what: `whitelist ${name}`,
          carry: 'carried',
          note: 'its addresses are on the allow-list crowdsec (allowlist.txt) too',
        })
      if (whitelist['expression'] !== undefined)
        report.push({
          what: `whitelist ${name}, expressions`,
          carry: 'carried',
          note: 'hold where its parser runs, as before',
        })
    }
  }
  const files =
    addresses.size === 0 ? [] : [{ path: 'allowlist.txt', text: `${[...addresses].join('\n')}\n` }]
  return { files, report }
}

function profiles(folder: CrowdsecFolder): Migration {
  const text = folder.read('profiles.yaml')
  if (text === undefined)
    return { files: [], report: [{ what: 'profiles.yaml', carry: 'not-carried', note: 'there is none' }] }
  try {
    const compiled = folder.checkProfiles(text)
    const report: ReportItem[] = [
      {
        what: 'profiles.yaml',
        carry: 'carried',
        note: `${compiled.length} profiles; name the file in detection.profiles`,
      },
    ]
    for (const { name, notifications } of compiled)
      if (notifications.length > 0)
        report.push({
          what: `profile ${name}, notifications`,
          carry: 'not-carried',
          note: `${notifications.join(', ')}: every decision is an event, set up the alerts process to send them`,
        })
    return { files: [{ path: 'profiles.yaml', text }], report }
  } catch (error) {
    if (!(error instanceof DetectionError)) throw error
    return { files: [], report: [{ what: 'profiles.yaml', carry: 'not-carried', note: error.message }] }
  }
}

function simulation(folder: CrowdsecFolder): Migration {
  const [document] = documentsOf(folder.read('simulation.yaml') ?? '')
  if (document === undefined) return { files: [], report: [] }
  // YAML 1.2 reads `off` and `on` as words.
  const all = document['simulation'] === true || document['simulation'] === 'on'
  const scenarios = textsOf(document['exclusions'])
  if (!all && scenarios.length === 0)
    return {
      files: [],
      report: [{ what: 'simulation.yaml', carry: 'carried', note: 'nothing is simulated' }],
    }
  return {
    files: [],
    report: [
      {
        what: 'simulation.yaml',
        carry: 'carried',
        note: `write detection.simulation: { all: ${String(all)}, scenarios: [${scenarios.join(', ')}] }`,
      },
    ],
  }
}

const readSources = new Set(['', 'file', 'journalctl', 'syslog', 'docker', 'http', 'k8s-audit'])

function acquisition(folder: CrowdsecFolder): Migration {
  const paths = folder.listed.filter((path) => path === 'acquis.yaml' || /^acquis\.d\/.*\.ya?ml$/.test(path))
  const files: MadeFile[] = []
  const report: ReportItem[] = []
  for (const path of paths) {
    const text = folder.read(path) ?? ''
    files.push({ path, text })
    for (const document of documentsOf(text)) {
      const source = textOf(document['source'])
      const what = `${path}: ${source === '' ? (textsOf(document['filenames'])[0] ?? textOf(document['filename'])) : source}`
      report.push(
        readSources.has(source)
          ? { what, carry: 'carried', note: 'the same form; name it under detection.sources' }
          : {
              what,
              carry: 'not-carried',
              note: `the source ${source} is not read here; let its tool write a file or push over HTTP`,
            },
      )
    }
  }
  return { files, report }
}

/** Decisions by hand, from the JSON of cscli (alerts with decisions) or of the Local API (decisions). */
function manualDecisions(text: string): Migration {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { files: [], report: [{ what: 'decisions', carry: 'not-carried', note: 'the file is no JSON' }] }
  }
  const items: unknown[] = Array.isArray(parsed) ? parsed : []
  const all = items.flatMap((item) => {
    if (!isJsonObject(item)) return []
    const inner = item['decisions']
    return Array.isArray(inner) ? inner.filter(isJsonObject) : [item]
  })
  const isByHand = (decision: Readonly<Record<string, unknown>>): boolean =>
    textOf(decision['origin']).startsWith('cscli')
  const kept = all.filter((decision) => isByHand(decision) && !textOf(decision['duration']).startsWith('-'))
  const decisions = kept.map((decision) => ({
    scope: textOf(decision['scope']),
    value: textOf(decision['value']),
    type: textOf(decision['type']),
    duration: textOf(decision['duration']).replace(/\.\d+s$/, 's'),
    scenario: textOf(decision['scenario']),
    origin: textOf(decision['origin']),
  }))
  return {
    files:
      decisions.length === 0
        ? []
        : [{ path: 'decisions.json', text: `${JSON.stringify({ decisions }, undefined, 2)}\n` }],
    report: [
      {
        what: `${decisions.length} decisions by hand`,
        carry: 'carried',
        note: 'bring them in with: sevenfold decisions import decisions.json',
      },
      ...(all.length > kept.length
        ? [
            {
              what: `${all.length - kept.length} other decisions`,
              carry: 'not-carried' as const,
              note: 'of scenarios and lists: they come again by themselves',
            },
          ]
        : []),
    ],
  }
}

function rest(folder: CrowdsecFolder): ReportItem[] {
  const has = (test: RegExp): boolean => folder.listed.some((path) => test.test(path))
  return [
    ...(has(/^notifications\//)
      ? [
          {
            what: 'notifications',
            carry: 'not-carried' as const,
            note: 'the alerts process sends mail, chat and webhooks',
          },
        ]
      : []),
    ...(has(/^online_api_credentials/)
      ? [
          {
            what: 'Central API',
            carry: 'not-carried' as const,
            note: 'keep CrowdSec beside us as a feed for its community list, or use plain feeds',
          },
        ]
      : []),
    ...(has(/^bouncers\//)
      ? [
          {
            what: 'bouncers',
            carry: 'partly' as const,
            note: 'they stay as they are: sevenfold bouncers add NAME, then api_url and api_key in their files',
          },
        ]
      : []),
    ...(has(/^local_api_credentials/)
      ? [
          {
            what: 'machines',
            carry: 'partly' as const,
            note: 'agents may report to us: sevenfold machines add NAME, then url, login and password in local_api_credentials.yaml',
          },
        ]
      : []),
  ]
}

/**
 * Carries a CrowdSec folder over: rules of one's own unchanged, profiles after a check that each expression compiles,
 * whitelists also as a central allow-list, sources, simulation and decisions by hand; and says what it could not carry.
 */
export function importCrowdsec(folder: CrowdsecFolder): Migration {
  const parts = [
    rules(folder),
    profiles(folder),
    allowList(folder),
    acquisition(folder),
    simulation(folder),
    ...(folder.decisions === undefined ? [] : [manualDecisions(folder.decisions)]),
  ]
  const data = folder.listed.filter((path) => path.startsWith('data/') && folder.read(path) !== undefined)
  const dataFiles = data.map((path): MadeFile => ({ path, text: folder.read(path) ?? '' }))
  return {
    files: [...parts.flatMap(({ files }) => files), ...dataFiles],
    report: [...parts.flatMap(({ report }) => report), ...rest(folder)],
  }
}
