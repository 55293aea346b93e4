import { contextEdge, contextFinalNewline, contextNewline, contextWord } from './alphabet.ts'
import {
  assertFinalEnd,
  assertLineEnd,
  assertLineStart,
  assertTextEnd,
  assertTextStart,
  assertWord,
} from './program.ts'

/** Whether an assertion holds between a previous and a next context (codes of alphabet.ts). */
export function assertionHolds(code: number, before: number, after: number): boolean {
  switch (code) {
    case assertTextStart:
      return before === contextEdge
    case assertLineStart:
      return before === contextEdge || before === contextNewline || before === contextFinalNewline
    case assertTextEnd:
      return after === contextEdge
    case assertLineEnd:
      return after === contextEdge || after === contextNewline || after === contextFinalNewline
    case assertFinalEnd:
      return after === contextEdge || after === contextFinalNewline
    default: {
      const boundary = (before === contextWord) !== (after === contextWord)
      return boundary === (code === assertWord)
    }
  }
}
