import type { Agent } from './agent.ts'
import { findWholeZones, findZones } from './inputs/zones.ts'
import type { StoredInputs } from './inputs/stored-inputs.ts'
import { judgeStatement, maxStatementLength } from './judges/judge-sql.ts'
import type { SqlDialect } from './lexers/sql-spans.ts'
import type { RefusedError } from './refusal.ts'
import { currentRequest } from './request-context.ts'

/** Statements known to hold no input; forgotten all at once when the list is full. */
export const maxKnownStatements = 2_000
const longestKnown = 8_192
/** Bound values of one call that are looked at. */
const maxValues = 64

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
  readonly #known = new Set<string>()

  constructor(agent: Agent, stored: StoredInputs) {
    this.#agent = agent
    this.#stored = stored
  }

  /** The refusal to deliver, or null. */
  check(call: StatementCall): RefusedError | null {
    if (this.#agent.mode === 'off' || currentRequest.getStore() === undefined) return null
    if (call.values !== undefined) this.#rememberValues(call.values)
    if (this.#known.has(call.text)) return null
    return this.#agent.check(call.sink, (context) => {
      const sql = call.text.slice(0, maxStatementLength)
      const zones = [...findZones(sql, context.inputs()), ...findWholeZones(sql, context.stored())]
      if (zones.length === 0) this.#learn(call.text)
      return judgeStatement(sql, call.dialect, zones)
    })
  }

  #learn(text: string): void {
    if (text.length > longestKnown) return
    if (this.#known.size >= maxKnownStatements) this.#known.clear()
    this.#known.add(text)
  }

  #rememberValues(values: unknown): void {
    if (typeof values === 'string') this.#stored.remember(values)
    else if (Array.isArray(values)) {
      for (const value of values.slice(0, maxValues))
        if (typeof value === 'string') this.#stored.remember(value)
    } else if (typeof values === 'object' && values !== null) {
      for (const value of Object.values(values).slice(0, maxValues))
        if (typeof value === 'string') this.#stored.remember(value)
    }
  }
}
