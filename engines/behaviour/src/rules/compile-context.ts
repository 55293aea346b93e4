import { ExprError } from '../expr/error.ts'
import type { Expression } from '../expr/expression.ts'
import type { RuleProblem } from '../hub/rule-document.ts'
import type { RulePlace } from '../hub/rule-reader.ts'
import type { ExpressionFactory, ExpressionPlace } from './expression-factory.ts'

/** What compiling one ruleset shares. */
export class CompileContext {
  readonly factory: ExpressionFactory
  readonly problems: RuleProblem[]

  constructor(factory: ExpressionFactory, problems: RuleProblem[]) {
    this.factory = factory
    this.problems = problems
  }

  /** Reports a problem at a key of a rule. */
  report(place: RulePlace, key: string | undefined, message: string): void {
    const { line, column } = place.at(key)
    this.problems.push({ file: place.file, line, column, message })
  }

  /** Compiles the expression of a key; undefined, and reported, when it is none. */
  expression(
    source: string,
    at: { readonly place: RulePlace; readonly key: string; readonly in?: ExpressionPlace },
  ): Expression | undefined {
    try {
      return this.factory.compile(source, at.in ?? 'event')
    } catch (error) {
      if (!(error instanceof ExprError)) throw error
      this.report(at.place, at.key, `${at.key}: ${error.message}`)
      return undefined
    }
  }
}
