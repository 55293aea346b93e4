import type { LayoutPiece, LayoutStep } from './layout-pieces.ts'

/** What has been read of a time so far. -1: not named. */
export interface DateParts {
  year: number
  month: number
  day: number
  yearDay: number
  hour: number
  minute: number
  second: number
  nanosecond: number
  half: 'am' | 'pm' | undefined
  offsetSeconds: number
}

/** Where a piece is read. */
export interface PieceContext {
  readonly text: string
  readonly at: number
  readonly step: LayoutStep
  /** The piece that follows: a fraction is read there, if the layout has one. */
  readonly next: LayoutPiece | undefined
}

/** True when a digit stands there. */
export function isDigitAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit >= 48 && unit <= 57
}
