/** One thing that happened while rules were evaluated, for `explain` and for tests. */
export type TraceEvent =
  | { readonly kind: 'phase'; readonly phase: number }
  | {
      readonly kind: 'rule'
      readonly id: number
      readonly operator: string
      readonly param: string
      readonly targets: string
    }
  | { readonly kind: 'skipped'; readonly id: number; readonly reason: string }
  | { readonly kind: 'transformation'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'value'
      readonly variable: string
      readonly original: string
      readonly value: string
      readonly matched: boolean
    }
  | { readonly kind: 'result'; readonly id: number; readonly matched: boolean }
  | { readonly kind: 'capture'; readonly index: number; readonly value: string }
  | { readonly kind: 'set'; readonly variable: string; readonly value: string }
  | { readonly kind: 'action'; readonly name: string; readonly detail: string }
  | { readonly kind: 'note'; readonly text: string }

/** Receives trace events. A traced transaction evaluates every rule in order, without the prefilter. */
export type Tracer = (event: TraceEvent) => void
