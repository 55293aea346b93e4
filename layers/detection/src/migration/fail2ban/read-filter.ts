import { expandOptions, readIniTree } from './ini.ts'
import type { Ini } from './ini.ts'
import { addressPattern, translateFailregex } from './translate-regex.ts'
import type { Translated } from './translate-regex.ts'

/** A filter of fail2ban as it can be carried over. */
export interface CarriedFilter {
  readonly name: string
  /** Programs whose syslog lines it reads; empty for the log of one application, and where a pattern names them. */
  readonly programs: readonly string[]
  /** Pattern of their names; empty when it is known by name, or reads no syslog. */
  readonly programPattern: string
  /** True when it reads lines of syslog. */
  readonly isSyslog: boolean
  readonly patterns: readonly Extract<Translated, { kind: 'pattern' }>[]
  /** Patterns of lines that count as no failure. */
  readonly ignore: readonly string[]
  /** Patterns that could not be carried, with the reason. */
  readonly lost: readonly { readonly regex: string; readonly why: string }[]
  readonly helpers: number
}

/** Reads a file of fail2ban's folder, by its path in there; undefined when it is not there. */
export type ReadFile = (path: string) => string | undefined

const maxTagRounds = 30

function expandTags(text: string, options: ReadonlyMap<string, string>): string {
  let expanded = text
  for (let round = 0; round < maxTagRounds; round += 1) {
    const next = expanded.replaceAll(
      /<([A-Za-z_][\w./-]*)>/g,
      (whole, name: string) => options.get(name.toLowerCase()) ?? whole,
    )
    if (next === expanded || next.length > 200_000) break
    expanded = next
  }
  return expanded
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** Programs named by `_daemon`: one, or alternatives in a group; empty when it is a pattern. */
export function programsOf(daemon: string): string[] {
  const bare = daemon.replace(/^\(\?:(.*)\)$/, '$1').replace(/^\((.*)\)$/, '$1')
  const names = bare.split('|').map((name) => name.replaceAll(/\\([-./])/g, '$1'))
  return names.every((name) => /^[\w./-]+$/.test(name)) ? names : []
}

const prefixMark = '\u0001'

/** Options of a filter with everything that is in force for it. */
function optionsOf(ini: Ini, extra: ReadonlyMap<string, string>): Map<string, string> {
  const options = new Map<string, string>()
  for (const section of ['DEFAULT', 'Init', 'Definition'])
    for (const [key, value] of ini.get(section) ?? []) options.set(key, value)
  for (const [key, value] of extra) options.set(key, value)
  return options
}

/** Text of one option with all names and tags in it replaced; the prefix of syslog lines becomes a mark. */
function textOf(name: string, ini: Ini, options: ReadonlyMap<string, string>): string {
  const marked = new Map([
    ...options,
    ['__prefix_line', prefixMark],
    ['__date_ambit', '(?:\\[\\])'],
    ['__prefix', prefixMark],
  ])
  let text = options.get(name) ?? ''
  // A tag may stand for text with names in it, and the other way round.
  for (let round = 0; round < maxTagRounds; round += 1) {
    const next = expandTags(expandOptions(text, ini, 'Definition', marked), marked)
    if (next === text) break
    text = next
  }
  return text
}

/** The part of a pattern before the lines' content, for filters that split lines with `prefregex`. */
function contentPrefix(prefregex: string): string | undefined {
  if (prefregex === '') return ''
  const parts = /^(.*)<F-CONTENT>.*<\/F-CONTENT>.*$/.exec(prefregex)
  return parts?.[1]
}

/**
 * Reads a filter with the files that it includes and its `.local` file. Undefined when there is no such filter.
 * `options` are those that a jail gives in brackets.
 */
export function readFilter(
  name: string,
  read: ReadFile,
  options: ReadonlyMap<string, string>,
): CarriedFilter | undefined {
  if (!/^[\w.-]+$/.test(name)) return undefined
  const ini: Ini = new Map()
  const inFolder = (file: string): string | undefined =>
    file.includes('/') ? undefined : read(`filter.d/${file}`)
  if (!readIniTree(`${name}.conf`, inFolder, ini) && !readIniTree(`${name}.local`, inFolder, ini))
    return undefined
  readIniTree(`${name}.local`, inFolder, ini)
  const all = optionsOf(ini, options)
  const prefix = contentPrefix(textOf('prefregex', ini, all))
  const failregex = linesOf(textOf('failregex', ini, all))
  const isSyslog = [textOf('prefregex', ini, all), ...failregex].some((text) => text.includes(prefixMark))
  const upper = `F2B_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`
  const lost: { regex: string; why: string }[] = []
  const patterns: Extract<Translated, { kind: 'pattern' }>[] = []
  let helpers = 0
  for (const [index, regex] of failregex.entries()) {
    const whole =
      prefix === undefined || prefix === ''
        ? regex
        : `${prefix}${regex.startsWith('^') ? regex.slice(1) : `.*${regex}`}`
    // The prefix of a syslog line is the parser's work: the message begins where it ends.
    const message = whole.replace(
      new RegExp(`^(\\^?)((?:<F-MLFID>|\\(\\?:)*)${prefixMark}((?:</F-MLFID>|\\)\\??)*)`),
      '^',
    )
    const result =
      prefix === undefined
        ? ({ kind: 'impossible', why: 'its prefregex has no content' } as const)
        : message.includes(prefixMark)
          ? ({ kind: 'impossible', why: 'has the prefix of syslog in its middle' } as const)
          : translateFailregex(message, {
              prefix: `${upper}_${index + 1}`,
            })
    if (result.kind === 'pattern') patterns.push(result)
    else if (result.kind === 'helper') helpers += 1
    else lost.push({ regex: regex.slice(0, 300), why: result.why })
  }
  const ignore = linesOf(textOf('ignoreregex', ini, all)).map((regex) =>
    regex.replaceAll(/<(?:HOST|ADDR)>/g, addressPattern),
  )
  const daemon = expandTags(expandOptions(all.get('_daemon') ?? '', ini, 'Definition', all), all)
  const programs = isSyslog ? programsOf(daemon) : []
  const programPattern = isSyslog && programs.length === 0 && daemon !== '\\S*' ? daemon : ''
  return { name, programs, programPattern, isSyslog, patterns, ignore, lost, helpers }
}
