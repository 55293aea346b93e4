import { detectSQLi } from '../detectors/detect-sqli.ts'
import { detectXSS } from '../detectors/detect-xss.ts'
import { transformations } from '../transformations/registry.ts'
import type { OperatorContext } from './operator.ts'
import { operators } from './registry.ts'
import { unsupportedOperators } from './unsupported.ts'

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

/** The answer: an operator's verdict, a transformation's result, or that it is not implemented. */
export type UnitAnswer = { readonly ret: 0 | 1 } | { readonly output: string } | { readonly skip: true }

const refused: ReadonlySet<string> = new Set(unsupportedOperators.map((member) => member.name))

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
    return member === undefined ? { skip: true } : { output: member.apply(input) }
  }
  const member = operators.get(unit.name.toLowerCase())
  if (member === undefined || refused.has(member.name)) return { skip: true }
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
  } catch {
    return unreadable ? { skip: true } : { ret: 0 }
  }
}
