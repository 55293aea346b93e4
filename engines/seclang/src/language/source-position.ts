/** Where something was written: file as named by the caller, line and column from 1 (columns count bytes). */
export interface SourcePosition {
  readonly file: string
  readonly line: number
  readonly column: number
}
