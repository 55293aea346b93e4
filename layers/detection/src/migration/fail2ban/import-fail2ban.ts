import { parseRange } from '../../authority/address.ts'
import type { MadeFile, Migration, ReportItem } from '../report.ts'
import { toYaml } from '../to-yaml.ts'
import type { YamlValue } from '../to-yaml.ts'
import { baseParsers } from './base-parsers.ts'
import { parserFile, scenarioFile, typeOf } from './filter-files.ts'
import { hubEquivalents } from './hub-equivalents.ts'
import { readFilter } from './read-filter.ts'
import type { CarriedFilter, ReadFile } from './read-filter.ts'
import { readJails } from './read-jails.ts'
import type { Jail } from './read-jails.ts'

/** What a migration from fail2ban reads. */
export interface Fail2banFolder {
  readonly read: ReadFile
  /** Paths of its files, relative to it. */
  readonly listed: readonly string[]
  /** Also jails that are not enabled. */
  readonly all: boolean
}

const tenYears = 3650 * 86_400

function profileOf(jail: Jail): string {
  const seconds = Math.min(jail.banSeconds, tenYears)
  const grown = jail.maxBanSeconds ?? tenYears
  return toYaml({
    name: `fail2ban-${jail.name}`,
    filters: [`Alert.GetScenario() == "fail2ban/${jail.name}"`],
    decisions: [{ type: 'ban', duration: `${Math.round(seconds)}s` }],
    // Without growth the ban is as long each time; with it, it doubles as fail2ban's does.
    duration_expr:
      jail.growth === 1 || seconds === tenYears
        ? `"${Math.round(seconds)}s"`
        : `let n = GetDecisionsCount(Alert.GetValue()); let s = ${Math.round(seconds)} * (2 ** min(n, 20)); Sprintf("%ds", int(s > ${Math.round(grown)} ? ${Math.round(grown)} : s))`,
    on_success: 'break',
  })
}

function reportFilter(filter: CarriedFilter): ReportItem {
  const what = `filter ${filter.name}`
  const hub = hubEquivalents[filter.name]
  const better = hub === undefined ? '' : `; the hub's collection ${hub} reads the same log and is kept up`
  const total = filter.patterns.length + filter.lost.length
  const counts = `${filter.patterns.length} of ${total} patterns`
  const reasons = [...new Set(filter.lost.map(({ why }) => why))].join(', ')
  if (filter.patterns.length === 0)
    return { what, carry: 'not-carried', note: `${counts}: ${reasons || 'it has none'}${better}` }
  if (filter.lost.length > 0)
    return { what, carry: 'partly', note: `${counts}; the others: ${reasons}${better}` }
  return { what, carry: 'carried', note: `${counts}${better}` }
}

const whyNot: Readonly<Record<string, string>> = {
  ignorecommand: 'a command that decides about addresses; use an allow-list: sevenfold allowlists add',
  'bantime.formula': 'bans double instead',
  'bantime.multipliers': 'bans double instead',
  'bantime.rndtime': 'bans end when they say',
  port: 'a ban holds for every port of the machine',
  banaction: 'detection.enforcement drops with nftables; CrowdSec bouncers take the same decisions',
  action: 'mail and chat are sent by the alerts process; firewalls by detection.enforcement',
  usedns: 'names are never banned, only addresses',
  failregex: 'patterns in a jail instead of its filter; put them into a filter file and import again',
  ignoreregex: 'patterns in a jail instead of its filter; put them into a filter file and import again',
}

function reportJail(jail: Jail, filter: CarriedFilter | undefined): ReportItem[] {
  const what = `jail ${jail.name}`
  const other = [...jail.other.keys()].map((key): ReportItem => ({
    what: `${what}, ${key}`,
    carry: 'not-carried',
    note: whyNot[key] ?? 'has no counterpart',
  }))
  if (filter === undefined)
    return [{ what, carry: 'not-carried', note: `there is no filter ${jail.filter}` }, ...other]
  if (filter.patterns.length === 0)
    return [
      { what, carry: 'not-carried', note: `nothing of its filter ${filter.name} could be carried` },
      ...other,
    ]
  const limits = `${jail.maxRetry} failures within ${jail.findSeconds} s, banned for ${jail.banSeconds === Number.POSITIVE_INFINITY ? 'ten years (for ever)' : `${jail.banSeconds} s`}`
  return [
    {
      what,
      carry: filter.lost.length > 0 ? 'partly' : 'carried',
      note: `scenario fail2ban/${jail.name}: ${limits}`,
    },
    ...other,
  ]
}

function acquisitionOf(pairs: readonly (readonly [Jail, CarriedFilter])[]): MadeFile[] {
  const documents = pairs.map(([jail, filter]): YamlValue => {
    const labels = { type: typeOf(filter, jail) }
    return jail.isJournal || jail.logPaths.length === 0
      ? {
          source: 'journalctl',
          journalctl_filter: [`SYSLOG_IDENTIFIER=${filter.programs[0] ?? filter.name}`],
          labels,
        }
      : { filenames: [...jail.logPaths], labels }
  })
  const distinct = [...new Map(documents.map((document) => [JSON.stringify(document), document])).values()]
  return distinct.length === 0
    ? []
    : [{ path: 'acquis.yaml', text: distinct.map((document) => toYaml(document)).join('---\n') }]
}

function allowed(jails: readonly Jail[]): { files: MadeFile[]; report: ReportItem[] } {
  const words = [...new Set(jails.flatMap(({ ignoreIp }) => ignoreIp))]
  const addresses = words.filter((word) => parseRange(word) !== undefined)
  const names = words.filter((word) => parseRange(word) === undefined)
  const report: ReportItem[] = names.map((name) => ({
    what: `ignoreip ${name}`,
    carry: 'not-carried',
    note: 'no address; names change hands, so name its addresses',
  }))
  if (addresses.length === 0) return { files: [], report }
  report.push({
    what: 'ignoreip',
    carry: 'carried',
    note: `${addresses.length} on the allow-list fail2ban (allowlist.txt)`,
  })
  return { files: [{ path: 'allowlist.txt', text: `${addresses.join('\n')}\n` }], report }
}

/**
 * Carries the jails of a fail2ban folder over: each filter to a parser and each jail to a scenario in the form of the
 * hub, ban times to profiles, `ignoreip` to an allow-list, log paths to sources; and says what it could not carry.
 */
export function importFail2ban(folder: Fail2banFolder): Migration {
  const jails = readJails(folder.read, folder.listed, { all: folder.all })
  const pairs: (readonly [Jail, CarriedFilter])[] = []
  const filters = new Map<string, CarriedFilter>()
  const report: ReportItem[] = []
  for (const jail of jails) {
    const filter = readFilter(jail.filter, folder.read, jail.filterOptions)
    report.push(...reportJail(jail, filter))
    if (filter === undefined || filter.patterns.length === 0) continue
    if (!filters.has(filter.name)) report.push(reportFilter(filter))
    filters.set(filter.name, filter)
    pairs.push([jail, filter])
  }
  const spared = allowed(jails)
  const files: MadeFile[] = [
    ...(pairs.length === 0 ? [] : baseParsers()),
    ...[...filters.values()].map(parserFile),
    ...pairs.map(([jail, filter]) => scenarioFile(jail, filter)),
    ...(pairs.length === 0
      ? []
      : [{ path: 'profiles.yaml', text: pairs.map(([jail]) => profileOf(jail)).join('---\n') }]),
    ...acquisitionOf(pairs),
    ...spared.files,
  ]
  return { files, report: [...report, ...spared.report] }
}
