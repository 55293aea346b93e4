import type { SqlContext, SqlTokens } from './sql-lexer.ts'
import { kindAt } from './sql-shape.ts'
import { isStatement } from './sql-statement.ts'
import { found, startWalk, type Walk } from './sql-walk-state.ts'
import { judge } from './sql-judge.ts'
import { takeOperand } from './sql-operand.ts'
import { takeOperator } from './sql-operator.ts'
import { SQL } from './sql-words.ts'

/**
 * Begins to read the tokens of a value as the text that it would be inside a query. Null when the value cannot change
 * the query, whatever its tokens.
 */
export function openSqlWalk(tokens: SqlTokens, text: string, context: SqlContext): Walk | null {
  const walk = startWalk(tokens, text, context)
  const first = kindAt(walk, 0)
  if (tokens.nested && tokens.kinds.some((kind) => kind === SQL.union || kind === SQL.select))
    found(walk, 'a comment hides the opening of another one')
  // A path starts with a binary operator and so is no operand; its last segment is judged by itself.
  else if (context === 'bare' && /^\/[\w.-]/.test(text) && tokens.blanks === 0) return null
  else if (context === 'bare' && first === SQL.verb && isStatement(walk, 0, false))
    found(walk, 'the value is a statement')
  if (context === 'bare' && first === SQL.semicolon) walk.wanting = false
  if (context === 'bare' && first === SQL.ifWord) walk.i = 1
  return walk
}

/** Reads on up to token `until`; true when a finding or the end of the tokens is reached. */
export function walkOn(walk: Walk, until: number): boolean {
  const count = walk.tokens.kinds.length
  const stop = Math.min(until, count)
  while (walk.i < stop && walk.reason === null) {
    const kind = kindAt(walk, walk.i)
    if (walk.wanting) takeOperand(walk, kind)
    else takeOperator(walk, kind)
  }
  return walk.reason !== null || walk.i >= count
}

/** How the value would change the query, once it is read: a sentence for people, or null when it would stay a value. */
export function endSqlWalk(walk: Walk): string | null {
  if (walk.reason !== null) return walk.reason
  if (walk.tokens.truncated) return 'there are more tokens than can be judged'
  if (walk.tokens.versioned && walk.operands > 0) return 'a comment that MySQL executes holds SQL'
  return judge(walk, true)
}
