import { detectSQLi } from '../detectors/detect-sqli.ts'
import { detectXSS } from '../detectors/detect-xss.ts'
import { nearestName } from '../language/nearest-name.ts'
import { transformations } from '../transformations/registry.ts'
import type { OperatorContext } from './operator.ts'
import { operators } from './registry.ts'
import { unsupportedOperators, UnsupportedOperator } from './unsupported.ts'

/** One question of the evaluation format: an operator or a transformation on one byte string. */
export type UnitCase =
  | {
      readonly kind: 'op'
      readonly name: string
      readonly param?: string | undefined
      readonly input?: string | undefined
    }
  | { readonly kind: 'tfn'; readonly name: string; readonly input?: string | undefined }
  | { readonly kind: 'sqli'; readonly input?: string | undefined }
  | { readonly kind: 'xss'; readonly input?: string | undefined }

/** The answer: an operator's verdict, a transformation's result, or why there is none. */
export type UnitAnswer =
  | { readonly ret: 0 | 1 }
  | { readonly output: string }
  | { readonly skip: true; readonly reason: string }

const refused: ReadonlySet<string> = new Set(unsupportedOperators.map((member) => member.name))

function unknown(kind: string, name: string, known: Iterable<{ readonly name: string }>): UnitAnswer {
  const nearest = nearestName(
    name,
    Array.from(known, (member) => member.name),
  )
  const hint = nearest === null ? '' : ` (did you mean ${nearest}?)`
  return { skip: true, reason: `unknown ${kind} ${name}${hint}` }
}

/**
 * Answers one unit case. Names ignore case, and underscores in transformation names. A parameter
 * that does not compile answers 0, as an operator that failed to start never matches; a data file
 * that cannot be read answers skip.
 */
export function evaluateUnitCase(unit: UnitCase, context: OperatorContext): UnitAnswer {
  const input = unit.input ?? ''
  if (unit.kind === 'sqli') return { ret: detectSQLi(input) === null ? 0 : 1 }
  if (unit.kind === 'xss') return { ret: detectXSS(input) === null ? 0 : 1 }
  if (unit.kind === 'tfn') {
    const member = transformations.get(unit.name.toLowerCase().replaceAll('_', ''))
    if (member === undefined) return unknown('transformation', unit.name, transformations.values())
    return { output: member.apply(input) }
  }
  const member = operators.get(unit.name.toLowerCase())
  if (member === undefined) return unknown('operator', unit.name, operators.values())
  let unreadable = false
  const readDataFile = (path: string, from: string): string => {
    unreadable = true
    const text = context.readDataFile(path, from)
    unreadable = false
    return text
  }
  try {
    const matcher = member.compile(unit.param ?? '', { ...context, readDataFile })
    return { ret: matcher.match(input, null) ? 1 : 0 }
  } catch (error) {
    if (error instanceof UnsupportedOperator || refused.has(member.name))
      return {
        skip: true,
        reason: error instanceof Error ? error.message : `@${member.name} is not supported`,
      }
    return unreadable ? { skip: true, reason: `the file ${unit.param ?? ''} cannot be read` } : { ret: 0 }
  }
}
