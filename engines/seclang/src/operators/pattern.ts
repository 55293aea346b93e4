import type { LiteralClauses, RegexDialect } from './operator.ts'

/** A compiled regular expression over byte strings. */
export interface Pattern {
  /** Finds the first match at or after `from`: its start, or -1; `groups` gets whole match and groups. */
  find(input: string, from: number, groups: string[] | null): number
  /** True when a match exists anywhere. */
  test(input: string): boolean
  readonly literals?: LiteralClauses
}

/** Compiles a rule's pattern; throws an Error with a plain message when it is not valid. */
export function compilePattern(source: string, dialect: RegexDialect): Pattern {
  const { body, flags } = translated(source)
  const scan = new RegExp(body, `gs${dialect.multiline ? 'm' : ''}${flags}`)
  return {
    find(input, from, groups) {
      scan.lastIndex = from
      const found = scan.exec(input)
      if (found === null) return -1
      if (groups !== null) {
        groups.length = 0
        for (let i = 0; i < found.length && i < 10; i++) groups.push(found[i] ?? '')
      }
      return found.index
    },
    test(input) {
      scan.lastIndex = 0
      return scan.test(input)
    },
  }
}

function translated(source: string): { body: string; flags: string } {
  const lead = /^\(\?([is]+)\)/.exec(source)
  const whole = /^\(\?i:([^]*)\)$/.exec(source)
  if (whole !== null) return { body: whole[1] ?? '', flags: 'i' }
  if (lead === null) return { body: source, flags: '' }
  return { body: source.slice(lead[0].length), flags: lead[0].includes('i') ? 'i' : '' }
}
