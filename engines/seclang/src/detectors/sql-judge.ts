import { kindAt } from './sql-shape.ts'
import { OPERAND, isConstant, type Walk } from './sql-walk-state.ts'
import { SQL } from './sql-words.ts'

/** The comment that ended the walk, as far as it is proof of a cut. */
function cutsRest(walk: Walk, alone: boolean): boolean {
  if (walk.ending !== SQL.comment) return false
  const at = walk.i - 1
  const start = walk.tokens.starts[at] ?? 0
  const sign = walk.text.charCodeAt(start)
  if (alone && walk.last === OPERAND.name) return false
  if (sign === 47) return true
  const text = walk.text.slice(start + (sign === 35 ? 1 : 2), start + 80)
  if (sign === 45 && !/^(?:[\s\xa0+-]|$)/.test(text)) return alone && start === walk.tokens.ends[at - 1]
  // "7' #2 needle" and "4' -- 5'" are sizes: a cut alone leaves no second quote and no text.
  const quote = walk.context === 'double' ? '"' : "'"
  if (!alone) return true
  return start === walk.tokens.ends[at - 1] ? !text.includes(quote) : text.trim().length <= 2
}

/** The expression ends, at the end of the value (`complete`) or where it stops being SQL. */
export function judge(walk: Walk, complete: boolean): string | null {
  if (walk.operands === 0 && walk.closers === 0) return null
  return walk.context === 'bare' ? judgeBare(walk, complete) : judgeQuoted(walk, complete)
}

function judgeBare(walk: Walk, complete: boolean): string | null {
  const calls = walk.sqlCalls + walk.plainCalls
  const anchored =
    walk.clean &&
    (isConstant(walk.first) || walk.first === OPERAND.variable || (walk.first === OPERAND.call && calls > 0))
  if (walk.logic > 0 && walk.comparisons > 0 && (walk.clean || walk.cases === 0)) {
    if (walk.clean ? walk.constantComparisons > 0 : walk.constantComparisons > 0 && (complete || walk.equal))
      return 'a condition that is always or never true is added'
    if (walk.sqlCalls > 0 || walk.variables > 0) return 'a condition calls a function'
    if (anchored) return 'a condition is added'
  }
  if (!walk.clean) return null
  if (walk.logic > 0 && walk.sqlCalls > 0 && anchored) return 'a condition calls a function'
  const numeric = kindAt(walk, 0) !== SQL.string
  if (walk.constantLogic > 0 && numeric && !walk.wanting && walk.logic > 1)
    return 'a constant condition is added'
  if (complete && numeric && walk.constantLogic > 0 && kindAt(walk, walk.i - 1) === SQL.constant)
    return 'a constant condition is added'
  if (complete && walk.sqlCalls > 0 && !walk.wanting && (calls > 1 || (walk.arithmetic > 0 && anchored)))
    return 'functions of the database are called'
  if (complete && walk.operands > 0 && walk.last === OPERAND.call && calls === 1 && PROBES.test(walk.text))
    return 'functions of the database are called'
  return judgeCut(walk, anchored)
}

/** Calls that tell about the server, or stop it, when they are a whole value. */
const PROBES =
  /^\W*(?:sleep\s*\(\s*[0-9]|pg_sleep|benchmark|load_file|group_concat|updatexml|extractvalue|xmltype|current_database|(?:sqlite_)?version\s*\(\s*\)|database\s*\(\s*\)|(?:current|system|session)_user\s*\()/i

function judgeCut(walk: Walk, anchored: boolean): string | null {
  const alone = walk.logic === 0 && walk.comparisons === 0
  if (walk.wanting || walk.commas > 0 || !cutsRest(walk, alone)) return null
  if (walk.comparisons > 0 || walk.closers > 0) return 'the rest of the query is cut off'
  if (!anchored) return null
  const start = walk.tokens.starts[walk.i - 1] ?? 0
  return /^\W{0,4}$/.test(walk.text.slice(start + 2, start + 80)) ? 'the rest of the query is cut off' : null
}

function judgeQuoted(walk: Walk, complete: boolean): string | null {
  if (!walk.clean) {
    return walk.logic > 0 && walk.constantComparisons > 0 && (complete || walk.equal)
      ? 'a condition that is always or never true is added'
      : null
  }
  if (walk.logic > 0 && walk.comparisons > 0) return 'a condition is added behind a closed string'
  if (walk.logic > 0 && (walk.sqlCalls > 0 || walk.variables > 0)) return 'a condition calls a function'
  if (walk.operands === 1 && walk.last === OPERAND.open) return null
  if (walk.tokens.kinds.length > 1 && cutsRest(walk, walk.logic + walk.comparisons === 0))
    return 'the rest of the query is cut off'
  if (complete && !walk.wanting && rejoins(walk)) return 'a string of the query is left and entered again'
  if (complete && !walk.wanting && walk.constantLogic > 0)
    if (walk.last !== OPERAND.literal || walk.arithmetic > 0) return 'a constant condition is added'
  if (complete && walk.operands > 1 && walk.sqlCalls > 0 && walk.arithmetic > 0)
    return 'a function of the database is called'
  return null
}

/** Longest outer strings around a lone operator: beyond it is prose that quotes a word. */
const MOST_OUTER_BYTES = 32

/** The value ends inside a string that the query's own quote closes. */
function rejoins(walk: Walk): boolean {
  const { kinds, starts, ends } = walk.tokens
  const last = kinds.length - 1
  const quote = walk.context === 'double' ? 34 : 39
  if (walk.last !== OPERAND.open || walk.operands < 2 || walk.commas > 0) return false
  if (walk.text.charCodeAt(starts[last] ?? 0) !== quote) return false
  if (kinds.length > 3) return true
  const before = (ends[0] ?? 1) - 1
  const after = walk.text.length - (starts[last] ?? 0) - 1
  // `"is" stamp` quotes a word; `'^'1` cannot be read so.
  const word = /[A-Za-z]/.test(walk.text[starts[1] ?? 0] ?? '')
  if ((before === 0) !== (after === 0) && (word || after > 2)) return false
  return before <= MOST_OUTER_BYTES && after <= MOST_OUTER_BYTES
}
