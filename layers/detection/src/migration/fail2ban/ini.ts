/** Sections of a configuration, by name; options by lower-case name. Later files win option by option. */
export type Ini = Map<string, Map<string, string>>

/** Longest file that is read, in characters. */
export const maxIniLength = 1_048_576

/** Names in the section INCLUDES of a file. */
export interface Includes {
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/**
 * Reads fail2ban's form of INI into `into`: `key = value` with lines that go on indented, `#` and `;` at the start of a
 * line for comments. An option that is there already becomes `known/NAME`, which the new one may quote.
 */
export function readIni(text: string, into: Ini): Includes {
  let section = ''
  let key = ''
  const own: Ini = new Map()
  for (const line of text.slice(0, maxIniLength).split(/\r?\n/)) {
    const trimmed = line.trim()
    if (trimmed === '' || /^[#;]/.test(trimmed)) continue
    const head = /^\[([^\]]+)\]$/.exec(trimmed)
    if (head !== null && !/^\s/.test(line)) {
      section = head[1] ?? ''
      key = ''
      continue
    }
    const options = own.get(section) ?? new Map<string, string>()
    own.set(section, options)
    if (/^\s/.test(line) && key !== '') {
      options.set(key, `${options.get(key) ?? ''}\n${trimmed}`)
      continue
    }
    const option = /^([^=:\s][^=:]*?)\s*[=:]\s*(.*)$/.exec(trimmed)
    if (option === null) continue
    key = (option[1] ?? '').toLowerCase()
    options.set(key, option[2] ?? '')
  }
  merge(own, into)
  const includes = own.get('INCLUDES')
  const names = (name: string): string[] =>
    (includes?.get(name) ?? '').split(/\s+/).filter((part) => part !== '')
  return { before: names('before'), after: names('after') }
}

function merge(own: Ini, into: Ini): void {
  for (const [section, options] of own) {
    if (section === 'INCLUDES') continue
    const there = into.get(section) ?? new Map<string, string>()
    into.set(section, there)
    for (const [key, value] of options) {
      const before = there.get(key)
      if (before !== undefined) there.set(`known/${key}`, before)
      there.set(key, value)
    }
  }
}

/** Reads a file with those that it includes. `read` gives a file's text, undefined when it is not there. */
export function readIniTree(
  name: string,
  read: (name: string) => string | undefined,
  into: Ini,
  depth = 0,
): boolean {
  const text = read(name)
  if (text === undefined || depth > 10) return false
  const { before, after } = readIni(text, new Map())
  for (const other of before) readIniTree(other, read, into, depth + 1)
  readIni(text, into)
  for (const other of after) readIniTree(other, read, into, depth + 1)
  return true
}

const maxRounds = 30
const maxExpanded = 200_000

/**
 * Replaces `%(name)s` by options of a section, of DEFAULT, and by `extra`, until none is left. What nobody defines stays
 * as it is.
 */
export function expandOptions(
  text: string,
  ini: Ini,
  section: string,
  extra: ReadonlyMap<string, string> = new Map(),
): string {
  let expanded = text
  for (let round = 0; round < maxRounds; round += 1) {
    const next = expanded.replaceAll(/%\(([\w/.?-]+)\)s/g, (whole, raw: string) => {
      const name = raw.toLowerCase()
      if (name === '__name__') return section
      return extra.get(name) ?? ini.get(section)?.get(name) ?? ini.get('DEFAULT')?.get(name) ?? whole
    })
    if (next === expanded || next.length > maxExpanded) break
    expanded = next
  }
  return expanded.replaceAll('%%', '%')
}
