import { escapeText } from '@sevenfold/event'
import type { RuleProblem } from '@sevenfold/behaviour'
import type { Call } from '../program/command.ts'

/** Problems that are written out; the rest is counted. */
const maxShown = 20

/** Says on standard error which rules could not be loaded, and where in their files. */
export function noteProblems(call: Call, problems: readonly RuleProblem[]): void {
  for (const { file, line, column, message } of problems.slice(0, maxShown))
    call.io.note(escapeText(`${file}:${line}:${column}: ${message}`, 400))
  if (problems.length > maxShown) call.io.note(`${problems.length - maxShown} more problems`)
}
