import type { Expression, ExprScope } from '../expr/expression.ts'
import type { Grok } from '../grok/grok.ts'
import type { GrokFilter } from '../grok/grok-filter.ts'
import type { EventRecord } from '../record.ts'

/** An assignment, compiled. */
export interface Assignment {
  /** How explanations name its target (`Meta.source_ip`). */
  readonly label: string
  /** A fixed text, or what gives it. */
  readonly value: string | Expression
  /** Whether an empty text still goes to the target (only ParseDate takes one). */
  readonly takesEmpty: boolean
  write(record: EventRecord, text: string): void
}

/** A grok with its source of text. */
export interface NodeGrok {
  readonly grok: Grok
  readonly label: string
  /** `Line.Raw`, a key of Parsed, or an expression. */
  readonly source: { readonly kind: 'raw' } | { readonly kind: 'parsed'; readonly key: string } | Expression
  readonly assignments: readonly Assignment[]
}

/** Who a node spares. */
export interface NodeWhitelist {
  readonly reason: string
  /** Whether it names addresses or networks. */
  readonly hasAddresses: boolean
  holds(address: string): boolean
  readonly expressions: readonly Expression[]
}

/** What a node puts aside. */
export interface NodeStash {
  readonly key: Expression
  readonly value: Expression
  put(key: string, value: string): void
}

/** A node of a parser, compiled. */
export interface ParserNode {
  readonly name: string
  readonly filter: Expression | undefined
  readonly nextStage: boolean
  readonly grok: NodeGrok | undefined
  readonly whitelist: NodeWhitelist | undefined
  readonly stashes: readonly NodeStash[]
  readonly assignments: readonly Assignment[]
  readonly children: readonly ParserNode[]
  /** Over the groks of children that read one field. */
  readonly childFilter: ChildFilter | undefined
}

/** Tells the children of a node whose grok cannot match. */
export interface ChildFilter {
  readonly filter: GrokFilter
  /** Key of Parsed that the groks read; undefined: `Line.Raw`. */
  readonly key: string | undefined
  /** Number of each child's pattern in the filter; undefined where it has none or reads something else. */
  readonly numbers: readonly (number | undefined)[]
  /** All children are in the filter, and do nothing but match: when no pattern can match, none needs to be tried. */
  readonly isWhole: boolean
}

/** Watches a parse, for explanations. */
export interface ParseObserver {
  filter?(node: ParserNode, passed: boolean, error?: unknown): void
  grok?(node: ParserNode, fields: ReadonlyMap<string, string> | undefined): void
  assigned?(node: ParserNode, label: string, text: string): void
  whitelisted?(node: ParserNode): void
  /** The record may be read, not kept: it goes on changing. */
  entered?(node: ParserNode, depth: number, record: EventRecord): void
  left?(node: ParserNode, success: boolean, depth: number): void
  /** A top-level node of a stage was tried. The record may be read, not kept: it goes on changing. */
  tried?(stage: string, node: ParserNode, record: EventRecord, success: boolean): void
}

/** One record on its way through nodes. */
export interface NodeRun {
  readonly record: EventRecord
  readonly scope: ExprScope
  /** Names of the stages in order. */
  readonly stages: readonly string[]
  readonly observer: ParseObserver | undefined
  /** Whether a node wrote something since this was last set to false. */
  touched: boolean
}
