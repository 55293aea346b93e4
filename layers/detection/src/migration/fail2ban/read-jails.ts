import { expandOptions, readIniTree } from './ini.ts'
import type { Ini } from './ini.ts'
import { fail2banSeconds } from './fail2ban-time.ts'
import type { ReadFile } from './read-filter.ts'

/** A jail as it is in force. */
export interface Jail {
  readonly name: string
  readonly filter: string
  readonly filterOptions: ReadonlyMap<string, string>
  readonly logPaths: readonly string[]
  /** True when it reads the journal instead of files. */
  readonly isJournal: boolean
  readonly maxRetry: number
  readonly findSeconds: number
  /** Infinity: for ever. */
  readonly banSeconds: number
  readonly ignoreIp: readonly string[]
  /** Each further ban lasts so many times as long as the one before; 1 when it does not grow. */
  readonly growth: number
  /** Longest ban that growth leads to; undefined when there is no limit. */
  readonly maxBanSeconds: number | undefined
  /** Options that have no counterpart, with their values. */
  readonly other: ReadonlyMap<string, string>
}

const withoutCounterpart = [
  'ignorecommand',
  'ignorecache',
  'bantime.formula',
  'bantime.multipliers',
  'bantime.rndtime',
  'port',
  'banaction',
  'action',
  'usedns',
  'failregex',
  'ignoreregex',
]

function splitOptions(text: string): { name: string; options: Map<string, string> } {
  const match = /^([\w.-]+)\s*(?:\[(.*)\])?$/s.exec(text.trim())
  const options = new Map<string, string>()
  for (const [, key = '', quoted, plain = ''] of (match?.[2] ?? '').matchAll(
    /([\w.-]+)\s*=\s*(?:"([^"]*)"|([^,\]]*))/g,
  ))
    options.set(key.toLowerCase(), (quoted ?? plain).trim())
  return { name: match?.[1] ?? '', options }
}

function readAll(read: ReadFile, listed: readonly string[]): Ini {
  const ini: Ini = new Map()
  const inOrder = (folder: string, ending: string): string[] =>
    listed.filter((path) => path.startsWith(folder) && path.endsWith(ending)).toSorted()
  const files = ['jail.conf', ...inOrder('jail.d/', '.conf'), 'jail.local', ...inOrder('jail.d/', '.local')]
  for (const file of files) readIniTree(file, read, ini)
  return ini
}

const wordsOf = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '')

function readJail(name: string, ini: Ini): Jail {
  const option = (key: string): string => {
    const raw = ini.get(name)?.get(key) ?? ini.get('DEFAULT')?.get(key) ?? ''
    return expandOptions(raw, ini, name).trim()
  }
  const seconds = (key: string, or: number): number => fail2banSeconds(option(key)) ?? or
  const filter = splitOptions(option('filter') === '' ? name : option('filter'))
  const maxRetry = Number(option('maxretry'))
  const isGrowing = option('bantime.increment') === 'true'
  const factor = Number(option('bantime.factor') === '' ? '1' : option('bantime.factor'))
  const own = ini.get(name) ?? new Map<string, string>()
  return {
    name,
    filter: filter.name,
    filterOptions: filter.options,
    logPaths: option('logpath')
      .split('\n')
      .map((line) => line.trim().split(/\s+/)[0] ?? '')
      .filter((path) => path !== ''),
    isJournal: option('backend') === 'systemd' || (option('backend') === 'auto' && option('logpath') === ''),
    maxRetry: Number.isSafeInteger(maxRetry) && maxRetry > 0 ? maxRetry : 5,
    findSeconds: seconds('findtime', 600),
    banSeconds: seconds('bantime', 600),
    ignoreIp: wordsOf(option('ignoreip')),
    growth: isGrowing && factor > 0 ? 2 : 1,
    maxBanSeconds: option('bantime.maxtime') === '' ? undefined : seconds('bantime.maxtime', 604_800),
    other: new Map(
      withoutCounterpart.flatMap((key) => {
        const value = own.get(key)
        return value === undefined ? [] : [[key, expandOptions(value, ini, name)]]
      }),
    ),
  }
}

/**
 * Reads the jails of a fail2ban folder: jail.conf, jail.d and the `.local` files in fail2ban's order. `listed` are the
 * paths of its files. Jails that are not enabled are given only with `all`.
 */
export function readJails(
  read: ReadFile,
  listed: readonly string[],
  options: { readonly all: boolean },
): readonly Jail[] {
  const ini = readAll(read, listed)
  return [...ini.keys()]
    .filter((name) => name !== 'DEFAULT' && name !== 'INCLUDES')
    .filter(
      (name) =>
        options.all || (ini.get(name)?.get('enabled') ?? ini.get('DEFAULT')?.get('enabled')) === 'true',
    )
    .map((name) => readJail(name, ini))
}
