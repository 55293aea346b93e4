import type { DetectionNode } from '../detection/detection-node.ts'

/** What an event must come from for a rule to look at it; absent members take everything. */
export interface LogSource {
  readonly category?: string
  readonly product?: string
  readonly service?: string
}

/** What is shown of a rule with each match. Authors stay with their rule (Detection Rule License 1.1). */
export interface RuleInfo {
  readonly id: string
  readonly name?: string
  readonly title: string
  readonly author?: string
  readonly level?: string
  readonly status?: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly falsePositives: readonly string[]
}

/** A detection rule. Several conditions mean: one of them. */
export interface SigmaRule {
  readonly kind: 'detection'
  readonly info: RuleInfo
  readonly logsource: LogSource
  readonly detection: DetectionNode
}
