import { codeAt } from './lexers/code-at.ts'
import type { Agent } from './agent.ts'
import { findWholeZones, findZones } from './inputs/zones.ts'
import type { StoredInputs } from './inputs/stored-inputs.ts'
import { judgeStatement, maxStatementLength } from './judges/judge-sql.ts'
import { shapeOf } from './lexers/sql-shape.ts'
import type { SqlDialect } from './lexers/sql-spans.ts'
import type { ProfileKeeper } from './profile/profile-keeper.ts'
import type { RefusedError } from './refusal.ts'
import { currentRequest, isServing } from './request-context.ts'

/** Statements known to hold no input; forgotten all at once when the list is full. */
export const maxKnownStatements = 2_000
const longestKnown = 8_192
/** Statements that were judged a moment ago. */
const maxJudged = 64
/** Bound values of one call that are looked at. */
const maxValues = 64
const lastOfAscii = 0x7f

/** A statement on its way to a database. */
export interface StatementCall {
  readonly sink: string
  readonly dialect: SqlDialect
  readonly text: string
  /** Values bound apart from the text: harmless here, remembered for later statements. */
  readonly values?: unknown
}

/** Asks about statements. Constant texts are known after their first run and cost one look into a set. */
export class StatementGuard {
  readonly #agent: Agent
  readonly #stored: StoredInputs
  readonly #keeper: ProfileKeeper
  readonly #known = new Set<string>()
  readonly #shapes = new Set<string>()
  /** The request for which a text was judged, by its number: the request itself would live on with the text. */
  readonly #judged = new Map<string, number>()
  /** The text that was let pass last, and the request for which it was. */
  #newest = ''
  #newestFor = -1

  constructor(agent: Agent, stored: StoredInputs, keeper: ProfileKeeper) {
    this.#agent = agent
    this.#stored = stored
    this.#keeper = keeper
  }

  /** The refusal to deliver, or null. */
  check(call: StatementCall): RefusedError | null {
    if (this.#agent.mode === 'off' || !isServing()) return null
    if (this.#agent.observer !== undefined)
      this.#agent.observe({ kind: 'statement', sink: call.sink, text: call.text })
    if (call.values !== undefined) this.#rememberValues(call.values)
    if (call.text === this.#newest && this.#isNewestHere()) return null
    const isLearning = this.#keeper.mode === 'learn'
    if ((!isLearning && this.#known.has(call.text)) || this.#wasJustJudged(call.text)) {
      this.#noteNewest(call.text)
      return null
    }
    return this.#judge(call, isLearning)
  }

  /** True when bytes are the text that was let pass last, for the same request: nearly always what a driver then sends. */
  isNewest(bytes: Uint8Array, start: number, end: number): boolean {
    const text = this.#newest
    if (end - start !== text.length || this.#agent.observer !== undefined || !this.#isNewestHere())
      return false
    for (let i = 0; i < text.length; i += 1) {
      const code = codeAt(text, i)
      // Beyond ASCII a character is more than one byte.
      if (code > lastOfAscii || bytes[start + i] !== code) return false
    }
    return true
  }

  #isNewestHere(): boolean {
    const context = currentRequest.getStore()
    return context !== undefined && context.number === this.#newestFor
  }

  #noteNewest(text: string): void {
    this.#newest = text
    this.#newestFor = currentRequest.getStore()?.number ?? -1
  }

  #judge(call: StatementCall, isLearning: boolean): RefusedError | null {
    let hasInputs = false
    let isInnocent = false
    const shape = shapeOf(call.text, call.dialect)
    if (shape !== undefined && this.#shapes.has(shape) && !isLearning) {
      this.#noteJudged(call.text)
      return null
    }
    const judged = this.#agent.check(call.sink, (context) => {
      const sql = call.text.slice(0, maxStatementLength)
      const zones = [...findZones(sql, context.inputs()), ...findWholeZones(sql, context.stored())]
      hasInputs ||= zones.length > 0
      const found = judgeStatement(sql, call.dialect, zones)
      isInnocent = found === null
      return found
    })
    if (!isInnocent) return judged
    const refusal = shape === undefined ? null : this.#keeper.checkStatement(call.sink, shape, call.text)
    if (refusal !== null) return refusal
    if (!hasInputs) this.#learn(call.text)
    if (shape !== undefined) this.#learnShape(shape)
    this.#noteJudged(call.text)
    return null
  }

  /** A pool, its client and the wire below see one statement three times; what was judged above is not asked again. */
  #wasJustJudged(text: string): boolean {
    const known = this.#judged.get(text)
    if (known === undefined) return false
    const context = currentRequest.getStore()
    return context === undefined || known === context.number
  }

  #noteJudged(text: string): void {
    const context = currentRequest.getStore()
    if (context === undefined || text.length > longestKnown) return
    if (this.#judged.size >= maxJudged) this.#judged.clear()
    this.#judged.set(text, context.number)
    this.#noteNewest(text)
  }

  /** A statement of this shape was judged innocent: another one differs from it in data alone. */
  #learnShape(shape: string): void {
    if (this.#shapes.size >= maxKnownStatements) this.#shapes.clear()
    this.#shapes.add(shape)
  }

  #learn(text: string): void {
    if (text.length > longestKnown) return
    if (this.#known.size >= maxKnownStatements) this.#known.clear()
    this.#known.add(text)
  }

  #rememberValues(values: unknown, depth: number = 0): void {
    if (typeof values === 'string') this.#stored.remember(values)
    else if (Array.isArray(values)) {
      const count = Math.min(values.length, maxValues)
      for (let i = 0; i < count; i += 1) {
        const value: unknown = values[i]
        if (typeof value === 'string') this.#stored.remember(value)
        // Drivers take the values one by one or in a list of their own.
        else if (typeof value === 'object' && value !== null && depth === 0) this.#rememberValues(value, 1)
      }
    } else if (typeof values === 'object' && values !== null) {
      for (const value of Object.values(values).slice(0, maxValues))
        if (typeof value === 'string') this.#stored.remember(value)
    }
  }
}
