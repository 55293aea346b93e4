import type { XPath } from '../bodies/xpath.ts'
import type {
  Control,
  ExpireVariable,
  InitCollection,
  SetVariable,
  WritableCollection,
} from '../language/rule-actions.ts'
import type { EngineSettings, SeclangWarning } from '../language/rule-set-source.ts'
import type { SourcePosition } from '../language/source-position.ts'
import type { VariableName } from '../language/variable-names.ts'
import type { OperatorMatcher } from '../operators/operator.ts'
import type { PrefilterPlan } from '../prefilter/prefilter-plan.ts'
import type { TxValue } from '../transaction/tx-variables.ts'
import type { ChainNode } from './chain-trie.ts'
import type { ExpandedMacro } from './expand-macro.ts'
import type { TxSlots } from './tx-slots.ts'
import type { ListAccess, MapSource, ScalarSource } from './value-source.ts'

/** Whose reading of the language is followed where the peers differ. */
export type Dialect = 'crs' | 'libmodsecurity3'

/** Selector of a target, compiled. */
export type MemberFilter =
  | { readonly kind: 'all' }
  | { readonly kind: 'key'; readonly key: string; readonly written: string }
  | { readonly kind: 'regex'; readonly test: (name: string) => boolean }
  | { readonly kind: 'macro'; readonly macro: ExpandedMacro }

/** Members that a target leaves out. */
export interface Exclusion {
  readonly filter: MemberFilter
}

interface TargetBase {
  /** Name shown for a match, such as `ARGS`. */
  readonly label: VariableName
}

/** One target of a link, ready to be read. */
export type Target =
  | (TargetBase & { readonly kind: 'scalar'; readonly source: ScalarSource; readonly column: number })
  | (TargetBase & {
      readonly kind: 'list'
      readonly lists: readonly { readonly access: ListAccess; readonly column: number }[]
      readonly filter: MemberFilter
      readonly exclusions: readonly Exclusion[]
      /** Header slot of a `REQUEST_HEADERS:name` target, or -1. */
      readonly headerSlot: number
    })
  | (TargetBase & {
      readonly kind: 'map'
      readonly source: MapSource
      readonly filter: MemberFilter
      readonly exclusions: readonly Exclusion[]
    })
  | (TargetBase & { readonly kind: 'tx-slot'; readonly slot: number; readonly name: string })
  | (TargetBase & {
      readonly kind: 'xml'
      readonly path: string
      readonly xpath: XPath
      readonly column: number
    })
  | (TargetBase & { readonly kind: 'rule'; readonly filter: MemberFilter })
  | (TargetBase & { readonly kind: 'count'; readonly of: Target })

/** A number to compare with: constant, or read at run time. */
export interface NumberSource {
  readonly constant: number
  readonly macro: ExpandedMacro | null
  /** TX slot that the macro reads and nothing else, or -1. */
  readonly slot: number
}

/** The operator of a link, specialised for the hot cases. */
export type LinkOperator =
  | { readonly kind: 'always' }
  | {
      readonly kind: 'compare'
      readonly comparison: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'
      readonly bound: NumberSource
    }
  | { readonly kind: 'matcher'; readonly matcher: OperatorMatcher; readonly negated: boolean }
  | {
      readonly kind: 'dynamic'
      readonly macro: ExpandedMacro
      readonly compile: (param: string) => OperatorMatcher
      readonly negated: boolean
    }

/** `setvar`, compiled. */
export interface CompiledSet {
  readonly collection: WritableCollection
  /** TX slot when the name is constant, else -1. */
  readonly slot: number
  readonly name: ExpandedMacro
  readonly operation: SetVariable['operation']
  /** TX slot that the value is read from when it is a single `%{tx.name}`, else -1. */
  readonly valueSlot: number
  readonly value: ExpandedMacro
  /** Number form of a constant value. */
  readonly constantNumber: number
  readonly constant: boolean
}

/** Actions of a link that run once the rest of the chain has matched. */
export interface LateActions {
  readonly controls: readonly CompiledControl[]
  readonly initCollections: readonly {
    readonly collection: InitCollection['collection']
    readonly key: ExpandedMacro
  }[]
  readonly expireVariables: readonly {
    readonly collection: ExpireVariable['collection']
    readonly name: ExpandedMacro
    readonly seconds: ExpandedMacro
  }[]
  readonly environment: readonly { readonly name: string; readonly value: ExpandedMacro }[]
}

/** A `ctl` with the rules that it means worked out. */
export interface CompiledControl {
  readonly control: Control
  readonly rules: Uint8Array | null
}

/** One rule of a chain. */
export interface Link {
  readonly targets: readonly Target[]
  /** SecAction: matches without looking at anything. */
  readonly isAction: boolean
  readonly operator: LinkOperator
  readonly operatorName: string
  readonly operatorParam: string
  readonly chain: ChainNode
  readonly multiMatch: boolean
  readonly capture: boolean
  readonly sets: readonly CompiledSet[]
  readonly severity: number | null
  readonly msg: ExpandedMacro | null
  readonly logData: ExpandedMacro | null
  readonly late: LateActions | null
  readonly next: Link | null
  /** Bit in the prefilter's sets, or -1: every value has to be looked at. */
  bit: number
  /** Entries of those sets. */
  words: number
  /** Trigger flags of the chain: values without these bytes come out as they went in. */
  readonly triggers: number
  readonly isStarter: boolean
}

/** What a rule does to the transaction when it matches, with defaults applied. */
export type Effect =
  | { readonly kind: 'pass' }
  | { readonly kind: 'deny'; readonly status: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: ExpandedMacro }
  | { readonly kind: 'allow'; readonly scope: 'all' | 'phase' | 'request' }

/** A whole rule: the first link and what happens after the last. */
export interface CompiledRule {
  readonly index: number
  readonly id: number
  readonly phase: number
  readonly link: Link
  readonly effect: Effect
  readonly log: boolean
  readonly auditLog: boolean
  readonly tags: readonly ExpandedMacro[]
  readonly severity: number | null
  readonly rev: string
  readonly ver: string
  readonly maturity: string
  readonly accuracy: string
  /** Bit of the link that must be a candidate for the rule to matter, or -1: always evaluated. */
  gate: number
  /** Position in the phase to go on at after a match; 0 for the next one. */
  jump: number
  readonly skip: number
  readonly skipAfter: string | null
  readonly at: SourcePosition
  readonly text: string
}

/** Rules of one phase in order. */
export interface PhaseProgram {
  readonly phase: number
  readonly rules: readonly CompiledRule[]
}

/** What is left of a phase when everything that no request can change is worked out; `position` counts its rules. */
export type FoldedStep =
  | { readonly kind: 'rule'; readonly position: number; readonly rule: CompiledRule }
  | {
      readonly kind: 'set'
      readonly position: number
      readonly rule: CompiledRule
      readonly set: CompiledSet
    }
  | {
      readonly kind: 'writes'
      readonly position: number
      readonly slots: number[]
      readonly values: TxValue[]
    }

/** All phases folded. */
export interface FoldedPhases {
  /** Index 1 to 5. */
  readonly phases: readonly (readonly FoldedStep[])[]
  /** Rules whose match was taken for granted: once one of them is removed, the rules run unfolded. */
  readonly reliedOn: ReadonlySet<number>
}

/** Everything that transactions share. */
export interface CompiledRuleSet {
  readonly settings: EngineSettings
  readonly dialect: Dialect
  readonly rules: readonly CompiledRule[]
  /** Index 1 to 5. */
  readonly phases: readonly PhaseProgram[]
  /** Folded phases, or null: every rule of a phase is run. */
  readonly folded: FoldedPhases | null
  readonly slots: TxSlots
  readonly txTemplate: readonly TxValue[]
  /** Slot of each request header that rules name, by lower-case name. */
  readonly headerSlots: ReadonlyMap<string, number>
  readonly columnCount: number
  readonly prefilter: PrefilterPlan | null
  readonly warnings: readonly SeclangWarning[]
}
