import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { sharedFolder } from './crs-patterns.ts'

/** Stand-ins for the patterns that are compiled into the reader of these files and not in the files themselves. */
const builtIn = new Map([
  ['WORD', '\\b\\w+\\b'],
  ['NOTSPACE', '\\S+'],
  ['SPACE', '\\s*'],
  ['DATA', '.*?'],
  ['GREEDYDATA', '.*'],
  ['INT', '(?:[+-]?(?:[0-9]+))'],
  ['NUMBER', '(?:[+-]?(?:[0-9]+(?:\\.[0-9]+)?))'],
  ['POSINT', '\\b(?:[1-9][0-9]*)\\b'],
  ['IP', '(?:[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9A-Fa-f:]{2,39})'],
  ['HOSTNAME', '\\b(?:[0-9A-Za-z][0-9A-Za-z-]{0,62})(?:\\.(?:[0-9A-Za-z][0-9A-Za-z-]{0,62}))*\\.?\\b'],
  ['QS', '(?:"(?:\\\\.|[^\\\\"]+)*")'],
])

/** Every grok pattern of the hub, references written out; empty when the data is not there. */
export function hubPatterns(): string[] {
  const folder = join(sharedFolder, 'hub', 'patterns')
  if (!existsSync(folder)) return []
  const named = new Map(builtIn)
  for (const file of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      const match = /^([A-Z0-9_]+)\s+(\S.*)$/.exec(line)
      if (match?.[1] !== undefined && match[2] !== undefined) named.set(match[1], match[2])
    }
  }
  return [...named.keys()]
    .map((name) => writeOut(named, `%{${name}}`, 0))
    .filter((pattern) => pattern.length < 30_000)
}

/** Lines of the hub's files of regular expressions. */
export function hubExpressions(): string[] {
  const folder = join(sharedFolder, 'hub', 'data')
  if (!existsSync(folder)) return []
  return ['bad_user_agents.regex.txt', 'rdns_seo_bots.regex']
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((line) => line !== '' && !line.startsWith('#'))
}

function writeOut(named: ReadonlyMap<string, string>, pattern: string, depth: number): string {
  if (depth > 12) return '\\S+'
  return pattern.replace(
    /%\{([A-Z0-9_]+)(?::[^}]*)?\}/g,
    (_, name: string) => `(${writeOut(named, named.get(name) ?? '\\S+', depth + 1)})`,
  )
}
