import type { SqlContext, SqlTokens } from './sql-lexer.ts'
import { kindAt } from './sql-shape.ts'
import { isStatement } from './sql-statement.ts'
import { startWalk } from './sql-walk-state.ts'
import { judge } from './sql-judge.ts'
import { takeOperand } from './sql-operand.ts'
import { takeOperator } from './sql-operator.ts'
import { SQL } from './sql-words.ts'

/**
 * Reads a value as the text it would be inside a query and tells how it would change that query:
 * a sentence for people, or null when it would stay a value.
 */
export function walkSql(tokens: SqlTokens, text: string, context: SqlContext): string | null {
  const walk = startWalk(tokens, text, context)
  const first = kindAt(walk, 0)
  if (tokens.nested && tokens.kinds.some((kind) => kind === SQL.union || kind === SQL.select))
    return 'a comment hides the opening of another one'
  // A path starts with a binary operator and so is no operand; its last segment is judged by itself.
  if (context === 'bare' && /^\/[\w.-]/.test(text) && tokens.blanks === 0) return null
  if (context === 'bare' && first === SQL.verb && isStatement(walk, 0, false))
    return 'the value is a statement'
  if (context === 'bare' && first === SQL.semicolon) walk.wanting = false
  if (context === 'bare' && first === SQL.ifWord) walk.i = 1
  const count = tokens.kinds.length
  while (walk.i < count && walk.reason === null) {
    const kind = kindAt(walk, walk.i)
    if (walk.wanting) takeOperand(walk, kind)
    else takeOperator(walk, kind)
  }
  if (walk.reason !== null) return walk.reason
  if (tokens.truncated) return 'there are more tokens than can be judged'
  if (tokens.versioned && walk.operands > 0) return 'a comment that MySQL executes holds SQL'
  return judge(walk, true)
}
