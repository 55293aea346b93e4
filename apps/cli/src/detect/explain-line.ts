import type { EventRecord, HubEngine, ParseObserver, ParserNode } from '@sevenfold/behaviour'

/** What one node made of a line. */
export interface ExplainedNode {
  readonly stage: string
  readonly name: string
  /** 0: a node of the stage itself; more: a child. */
  readonly depth: number
  readonly filter?: { readonly text: string; readonly value: boolean; readonly error?: string }
  /** Fields that its grok found; null when it did not match. Absent where it has none. */
  readonly grok?: Readonly<Record<string, string>> | null
  readonly assigned: readonly (readonly [target: string, text: string])[]
  readonly whitelisted: boolean
  readonly success: boolean
}

/** What one scenario made of a line. */
export interface ExplainedScenario {
  readonly name: string
  readonly filter: { readonly text: string; readonly value: boolean; readonly error?: string }
  /** Value of groupby, where the filter holds. */
  readonly group?: string
}

/** One line from its text to the scenarios. */
export interface Explanation {
  readonly line: string
  readonly nodes: readonly ExplainedNode[]
  readonly outcome: string
  readonly meta: Readonly<Record<string, string>>
  readonly scenarios: readonly ExplainedScenario[]
}

type Open = { -readonly [Key in keyof ExplainedNode]: ExplainedNode[Key] } & {
  assigned: (readonly [string, string])[]
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Notes what nodes do, for one line after the other. */
export class LineNotes {
  readonly observer: ParseObserver
  #nodes: Open[] = []
  #open: Open[] = []
  #record: EventRecord | undefined

  constructor() {
    this.observer = {
      entered: (node, depth, record) => this.#enter(node, depth, record),
      left: (_, success) => {
        const node = this.#open.pop()
        if (node !== undefined) node.success = success
      },
      filter: (node, value, error) => {
        const text = node.filter?.source ?? ''
        this.#note({ filter: { text, value, ...(error === undefined ? {} : { error: messageOf(error) }) } })
      },
      grok: (_, fields) => this.#note({ grok: fields === undefined ? null : Object.fromEntries(fields) }),
      assigned: (_, target, text) => this.#open.at(-1)?.assigned.push([target, text]),
      whitelisted: () => this.#note({ whitelisted: true }),
    }
  }

  #enter(node: ParserNode, depth: number, record: EventRecord): void {
    const noted: Open = {
      stage: record.Stage,
      name: node.name,
      depth,
      assigned: [],
      whitelisted: false,
      success: false,
    }
    this.#record = record
    this.#nodes.push(noted)
    this.#open.push(noted)
  }

  #note(part: Partial<Open>): void {
    Object.assign(this.#open.at(-1) ?? {}, part)
  }

  /** Everything about the line that an engine takes next. */
  explain(line: string, engine: HubEngine, take: () => string): Explanation {
    this.#nodes = []
    this.#open = []
    this.#record = undefined
    const outcome = take()
    const record = this.#record as EventRecord | undefined
    const reached = outcome === 'poured' || outcome === 'unmatched'
    return {
      line,
      nodes: this.#nodes,
      outcome,
      meta: Object.fromEntries(record?.Meta ?? []),
      scenarios: record === undefined || !reached ? [] : scenariosOf(engine, record),
    }
  }
}

function scenariosOf(engine: HubEngine, record: EventRecord): readonly ExplainedScenario[] {
  const { filters, scenarios } = engine.rules
  filters.begin()
  return scenarios.map(({ spec, groupBy }, number) => {
    const text = spec.filter
    try {
      const value = filters.expressions[number]?.test([record]) ?? false
      if (!value || groupBy === undefined) return { name: spec.name, filter: { text, value } }
      return { name: spec.name, filter: { text, value }, group: String(groupBy.evaluate([record])) }
    } catch (error) {
      return { name: spec.name, filter: { text, value: false, error: messageOf(error) } }
    }
  })
}
