/** What became of one thing that a migration found. */
export type Carry = 'carried' | 'partly' | 'not-carried'

/** One line of the report. */
export interface ReportItem {
  /** Such as `jail sshd`, `filter nginx-http-auth`, `profile slack`. */
  readonly what: string
  readonly carry: Carry
  /** What it became, or why it did not and what to do instead. */
  readonly note: string
}

/** A file that a migration makes; the path is relative to the folder that it writes into. */
export interface MadeFile {
  readonly path: string
  readonly text: string
}

/** What a migration gives. */
export interface Migration {
  readonly files: readonly MadeFile[]
  readonly report: readonly ReportItem[]
}
