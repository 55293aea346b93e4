import { nearestName } from './nearest-name.ts'
import { FaultSignal } from './seclang-error.ts'
import { canonicalVariable, unsupportedVariables, variableNames, isScalar } from './variable-names.ts'
import type { VariableName } from './variable-names.ts'
import { parseMacro } from './macro.ts'
import type { Macro } from './macro.ts'

/** Which members of a collection are meant. */
export type Selector =
  | { readonly kind: 'all' }
  /** One member by name, lower case: names are compared without case. */
  | { readonly kind: 'key'; readonly key: string; readonly written: string }
  | { readonly kind: 'regex'; readonly pattern: string }
  | { readonly kind: 'macro'; readonly macro: Macro }

/** One target of a rule: `ARGS`, `&ARGS:x`, `!ARGS:/re/`. */
export interface VariableTarget {
  readonly name: VariableName
  readonly selector: Selector
  /** `&`: the number of members instead of the members. */
  readonly count: boolean
  /** `!`: takes members away from the other targets. */
  readonly exclude: boolean
  readonly offset: number
}

/** Most targets of one rule. */
export const maxTargets = 512

/** Reads `A|B:x|!C:/re/|&D`. Throws FaultSignal; `offset` is the place of the text in its logical line. */
export function parseVariableList(text: string, offset: number): VariableTarget[] {
  const targets: VariableTarget[] = []
  let at = 0
  while (at <= text.length) {
    const end = targetEnd(text, at)
    targets.push(parseTarget(text.slice(at, end), offset + at))
    at = end + 1
  }
  if (targets.length > maxTargets) {
    throw new FaultSignal('WAF_RULE_LIMIT', `more than ${maxTargets} targets`, { offset, token: '' })
  }
  return targets
}

// A bar inside a quoted selector or a /regex/ selector does not end the target; an XPath never holds one here.
function targetEnd(text: string, start: number): number {
  const colon = text.indexOf(':', start)
  const bar = nextBar(text, start, -1)
  if (bar < 0) return text.length
  if (colon < 0 || bar < colon) return bar
  const quoted = text[colon + 1] === "'"
  const first = colon + (quoted ? 2 : 1)
  const isXml = /^[&!]?xml$/i.test(text.slice(start, colon).trim())
  if (text[first] === '/' && !isXml) {
    const close = closingSlash(text, first)
    return nextBar(text, close + (quoted ? 2 : 1), text.length)
  }
  return quoted ? nextBar(text, text.indexOf("'", first) + 1, text.length) : bar
}

function closingSlash(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '/' && endsSelector(text, at + 1)) return at
  }
  return text.length
}

function endsSelector(text: string, at: number): boolean {
  return at >= text.length || /['|\s]/.test(text[at] ?? '') || nextBar(text, at, -1) === at
}

// A comma separates like a bar where a variable follows it; elsewhere it is part of a name.
function nextBar(text: string, from: number, none: number): number {
  for (let at = Math.max(0, from); at < text.length; at++) {
    if (text[at] === '|') return at
    if (text[at] !== ',') continue
    const name = /^[ \t]*[&!]*([A-Za-z0-9_]+)(?=$|[|,:.\s])/.exec(text.slice(at + 1, at + 64))?.[1]
    if (name !== undefined && canonicalVariable(name) !== null) return at
  }
  return none
}

function parseTarget(raw: string, offset: number): VariableTarget {
  const text = raw.trim()
  const match = /^([&!]*)([A-Za-z0-9_]*)(?:[:.]([\s\S]*))?$/.exec(text)
  const written = match?.[2] ?? ''
  if (match === null || written === '') {
    throw new FaultSignal('WAF_RULE_SYNTAX', 'expected a variable', { offset, token: text })
  }
  const name = knownVariable(written, offset)
  const marks = match[1] ?? ''
  const selector = parseSelector(name, match[3], offset + text.indexOf(':') + 1)
  return { name, selector, count: marks.includes('&'), exclude: marks.includes('!'), offset }
}

function knownVariable(written: string, offset: number): VariableName {
  const name = canonicalVariable(written)
  if (name !== null) return name
  const upper = written.toUpperCase()
  const reason = Object.hasOwn(unsupportedVariables, upper) ? unsupportedVariables[upper] : undefined
  if (reason !== undefined) {
    throw new FaultSignal('WAF_RULE_UNSUPPORTED', `variable is not supported: ${reason}`, {
      offset,
      token: written,
    })
  }
  throw new FaultSignal('WAF_RULE_UNKNOWN_VARIABLE', 'unknown variable', {
    offset,
    token: written,
    nearest: nearestName(written, variableNames),
  })
}

function parseSelector(name: VariableName, written: string | undefined, offset: number): Selector {
  if (written === undefined || written === '') return { kind: 'all' }
  const text =
    written.length > 1 && written.startsWith("'") && written.endsWith("'") ? written.slice(1, -1) : written
  if (isScalar(name)) {
    throw new FaultSignal('WAF_RULE_ARGUMENT', `${name} has no members`, { offset, token: written })
  }
  if (name === 'XML') return { kind: 'key', key: text, written: text }
  if (text.startsWith('/')) {
    const close = text.endsWith('/') && text.length > 1 ? text.length - 1 : text.length
    return { kind: 'regex', pattern: text.slice(1, close) }
  }
  if (text.includes('%{')) return { kind: 'macro', macro: parseMacro(text, offset) }
  return { kind: 'key', key: text.toLowerCase(), written: text }
}
