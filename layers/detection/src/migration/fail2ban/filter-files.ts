import type { MadeFile } from '../report.ts'
import { toYaml } from '../to-yaml.ts'
import { daemonTypePrefix, syslogType } from './base-parsers.ts'
import type { Jail } from './read-jails.ts'
import type { CarriedFilter } from './read-filter.ts'

// Where the system's log goes; everything else is the file of one application.
const systemLogs = /\/(?:auth|syslog|messages|secure|mail|maillog|daemon|user|cron|kern)(?:\.log)?$/

/** Label `type` of what a jail reads: lines of syslog, or the file of one application. */
export function typeOf(filter: CarriedFilter, jail: Pick<Jail, 'logPaths' | 'isJournal'>): string {
  const isSystem = jail.isJournal || jail.logPaths.every((path) => systemLogs.test(path))
  return filter.isSyslog && isSystem ? syslogType : ownType(filter)
}

const ownType = ({ name, isSyslog }: CarriedFilter): string =>
  isSyslog ? `${daemonTypePrefix}${name}` : `fail2ban-${name}`

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** Events of a parser made from a filter, for scenarios. */
export const logTypeOf = (filter: Pick<CarriedFilter, 'name'>): string => `fail2ban-${filter.name}`

function parserFilter(filter: CarriedFilter): string {
  const { programs, programPattern } = filter
  const named =
    programs.length > 0
      ? ` and evt.Parsed.program in [${programs.map(quoted).join(', ')}]`
      : programPattern === ''
        ? ''
        : ` and evt.Parsed.program matches ${quoted(`^(?:${programPattern})$`)}`
  const own = `evt.Line.Labels.type == ${quoted(ownType(filter))}`
  const lines = filter.isSyslog ? `(${own} or (evt.Line.Labels.type == ${quoted(syslogType)}${named}))` : own
  const ignored = filter.ignore.map((regex) => `not (evt.Parsed.message matches ${quoted(regex)})`)
  return [lines, ...ignored].join(' and ')
}

/** The parser of a filter: each of its patterns is a node, the first that matches ends the search. */
export function parserFile(filter: CarriedFilter): MadeFile {
  const syntax = Object.fromEntries(filter.patterns.flatMap((pattern) => [...pattern.syntax]))
  const text = toYaml(
    {
      name: `fail2ban/${filter.name}`,
      description: `lines that the filter ${filter.name} of fail2ban finds`,
      filter: parserFilter(filter),
      onsuccess: 'next_stage',
      pattern_syntax: syntax,
      nodes: filter.patterns.map(({ pattern }) => ({ grok: { pattern, apply_on: 'message' } })),
      statics: [
        { meta: 'service', value: filter.name },
        { meta: 'log_type', value: logTypeOf(filter) },
        // With two addresses in one pattern only one of them took part.
        {
          meta: 'source_ip',
          expression: `evt.Parsed.fail2ban_ip != '' ? evt.Parsed.fail2ban_ip : evt.Parsed.fail2ban_ip2`,
        },
        { meta: 'target_user', expression: 'evt.Parsed.fail2ban_user' },
      ],
    },
    'Written by sevenfold detect import-fail2ban.',
  )
  return { path: `parsers/s01-parse/fail2ban/${filter.name}.yaml`, text }
}

const duration = (seconds: number): string => `${Math.max(1, Math.round(seconds))}s`

/**
 * The scenario of a jail. fail2ban counts failures within a window and bans at `maxretry`; a bucket with room for one
 * less, which loses one in each part of the window, overflows no later for failures that come at once, and forgets slow
 * ones as the window does.
 */
export function scenarioFile(jail: Jail, filter: CarriedFilter): MadeFile {
  const isTrigger = jail.maxRetry === 1
  const text = toYaml(
    {
      type: isTrigger ? 'trigger' : 'leaky',
      name: `fail2ban/${jail.name}`,
      description: `jail ${jail.name} of fail2ban: ${jail.maxRetry} failures within ${duration(jail.findSeconds)}`,
      filter: `evt.Meta.log_type == '${logTypeOf(filter)}'`,
      groupby: 'evt.Meta.source_ip',
      ...(isTrigger
        ? {}
        : { capacity: jail.maxRetry - 1, leakspeed: duration(jail.findSeconds / jail.maxRetry) }),
      blackhole: duration(Math.min(60, jail.findSeconds)),
      labels: {
        remediation: true,
        service: filter.name,
        behavior: 'generic:bruteforce',
        label: `fail2ban jail ${jail.name}`,
      },
    },
    'Written by sevenfold detect import-fail2ban.',
  )
  return { path: `scenarios/fail2ban/${jail.name}.yaml`, text }
}
