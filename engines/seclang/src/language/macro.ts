import { canonicalVariable, variableNames } from './variable-names.ts'
import type { VariableName } from './variable-names.ts'
import { FaultSignal } from './seclang-error.ts'
import { nearestName } from './nearest-name.ts'

/** A `%{NAME}` or `%{NAME.key}` reference. */
export interface MacroReference {
  readonly name: VariableName
  /** Key within a collection, lower case; null for a plain variable. */
  readonly key: string | null
}

/** Text with references: literal strings and references in turn. */
export interface Macro {
  readonly source: string
  readonly parts: readonly (string | MacroReference)[]
}

/** Reads `%{...}` references out of a text; `offset` is its place in the logical line, for faults. */
export function parseMacro(source: string, offset: number): Macro {
  const parts: (string | MacroReference)[] = []
  let at = 0
  while (at < source.length) {
    const start = source.indexOf('%{', at)
    const end = start < 0 ? -1 : source.indexOf('}', start)
    if (end < 0) break
    if (start > at) parts.push(source.slice(at, start))
    parts.push(parseReference(source.slice(start + 2, end), offset + start + 2))
    // `%{name}%` is the older spelling of the same.
    at = source[end + 1] === '%' && source[end + 2] !== '{' ? end + 2 : end + 1
  }
  if (at < source.length || parts.length === 0) parts.push(source.slice(at))
  return { source, parts }
}

function parseReference(text: string, offset: number): MacroReference {
  const split = text.search(/[.:]/)
  const written = split < 0 ? text : text.slice(0, split)
  const name = canonicalVariable(written)
  if (name === null) {
    throw new FaultSignal('WAF_RULE_UNKNOWN_VARIABLE', 'unknown variable in a macro', {
      offset,
      token: written,
      nearest: nearestName(written, variableNames),
    })
  }
  return { name, key: split < 0 ? null : text.slice(split + 1).toLowerCase() }
}
