import type { PatternPiece } from '../value/pattern.ts'

/** A comparison of one field. */
export type Leaf =
  /** Text equal to a pattern; letter case counts only when `cased`. */
  | {
      readonly kind: 'text'
      readonly field: string
      readonly pattern: readonly PatternPiece[]
      readonly cased: boolean
    }
  /** Absent or null. */
  | { readonly kind: 'null'; readonly field: string }
  | { readonly kind: 'exists'; readonly field: string; readonly expected: boolean }
  | {
      readonly kind: 'regex'
      readonly field: string
      readonly source: string
      readonly flags: RegexFlags
      readonly path: readonly (string | number)[]
    }
  | {
      readonly kind: 'cidr'
      readonly field: string
      readonly network: string
      readonly test: (address: string) => boolean
    }
  | {
      readonly kind: 'compare'
      readonly field: string
      readonly operator: CompareOperator
      readonly value: number
    }
  | {
      readonly kind: 'time'
      readonly field: string
      readonly part: TimePart
      readonly operator: CompareOperator | 'eq'
      readonly value: number
    }
  | {
      readonly kind: 'fieldref'
      readonly field: string
      readonly other: string
      readonly how: 'equals' | 'contains' | 'startswith' | 'endswith'
      readonly cased: boolean
    }
  /** A text anywhere in the event. */
  | { readonly kind: 'keyword'; readonly pattern: readonly PatternPiece[]; readonly cased: boolean }
  | {
      readonly kind: 'keyword-regex'
      readonly source: string
      readonly flags: RegexFlags
      readonly path: readonly (string | number)[]
    }

/** Sub-modifiers of `re`. */
export interface RegexFlags {
  readonly ignoreCase: boolean
  readonly multiline: boolean
  readonly dotAll: boolean
}

/** Numeric comparisons. */
export type CompareOperator = 'lt' | 'lte' | 'gt' | 'gte'
/** Parts of a time that can be compared. */
export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'

/** A detection as a tree. */
export type DetectionNode =
  | { readonly kind: 'leaf'; readonly leaf: Leaf }
  | { readonly kind: 'not'; readonly of: DetectionNode }
  | { readonly kind: 'and' | 'or'; readonly of: readonly DetectionNode[] }

/** Joins nodes, without a level for a single one. */
export function join(kind: 'and' | 'or', of: readonly DetectionNode[]): DetectionNode {
  const [only] = of
  return of.length === 1 && only !== undefined ? only : { kind, of }
}
