import type { Word } from './directive-words.ts'
import type { LogicalLine } from './logical-line.ts'
import type { RuleActions } from './rule-actions.ts'
import type { RuleFiles } from './rule-files.ts'
import type { EngineSettings, ParsedRule, RuleItem, SeclangWarning } from './rule-set-source.ts'
import type { RuleUpdate } from './rule-updates.ts'
import type { SeclangFault } from './seclang-error.ts'

/** Everything that reading collects; one per rule set. */
export interface ReadState {
  readonly files: RuleFiles
  readonly settings: EngineSettings
  readonly items: RuleItem[]
  readonly defaults: Map<number, RuleActions>
  readonly updates: RuleUpdate[]
  readonly warnings: SeclangWarning[]
  readonly faults: SeclangFault[]
  /** Chain that still waits for its next link. */
  openChain: ParsedRule | null
  ruleCount: number
}

/** What a structural directive is read from. */
export interface DirectiveInput {
  readonly state: ReadState
  readonly line: LogicalLine
  readonly name: Word
  readonly words: readonly Word[]
  readonly depth: number
}
