/** What a stage must lead to. */
export interface FtwOutput {
  readonly status: number | null
  readonly expectError: boolean
  readonly expectIds: readonly string[]
  readonly noExpectIds: readonly string[]
  readonly matchRegex: string | null
  readonly noMatchRegex: string | null
  readonly responseContains: string | null
  readonly isolated: boolean
}

/** What a stage sends. Texts are JavaScript strings as written in the file; they go out as UTF-8. */
export interface FtwInput {
  readonly method: string
  readonly uri: string
  readonly version: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly data: string | null
  readonly encodedData: string | null
  readonly encodedRequest: string | null
  readonly autocompleteHeaders: boolean
}

/** One request with its expectation. */
export interface FtwStage {
  readonly input: FtwInput
  readonly output: FtwOutput
}

/** One test: its stages run in order, all have to pass. */
export interface FtwTest {
  /** `rule-number`. */
  readonly id: string
  readonly stages: readonly FtwStage[]
}
