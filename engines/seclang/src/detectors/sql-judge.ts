import { DETERMINERS, kindAt, wordAt } from './sql-shape.ts'
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
  // "if 3 > 2 and 4 < 5 then it is fine": a sentence goes on, a query's condition ends.
  if (kindAt(walk, 0) === SQL.ifWord && !complete && walk.sqlCalls === 0) return null
  const calls = walk.sqlCalls + walk.plainCalls
  const anchored =
    walk.clean &&
    (isConstant(walk.first) || walk.first === OPERAND.variable || (walk.first === OPERAND.call && calls > 0))
  if (walk.logic > 0 && walk.comparisons > 0 && (walk.clean || walk.cases === 0)) {
    if (
      walk.clean
        ? walk.constantComparisons > 0
        : walk.constantComparisons > 0 && (walk.equal || (complete && isAllConstant(walk)))
    )
      return 'a condition that is always or never true is added'
    if (walk.sqlCalls > 0 || walk.variables > 0) return 'a condition calls a function'
    if (anchored) return 'a condition is added'
  }
  if (!walk.clean) return null
  if (walk.logic > 0 && walk.sqlCalls > 0 && anchored) return 'a condition calls a function'
  const numeric = kindAt(walk, 0) !== SQL.string
  if (walk.constantLogic > 0 && numeric && !walk.wanting && walk.logic > 1 && walk.closers < 2)
    return 'a constant condition is added'
  const settled = complete || walk.closers > 0
  if (walk.closers > 1 && walk.constantLogic > 0 && /^\s{0,9}-?\d{1,12}\s{0,9}\){2}/.test(walk.text))
    return 'a constant condition is added'
  if (settled && numeric && walk.constantLogic > 0 && kindAt(walk, walk.i - 1) === SQL.constant)
    return 'a constant condition is added'
  if (complete && walk.sqlCalls > 0 && !walk.wanting && (calls > 1 || (walk.arithmetic > 0 && anchored)))
    return 'functions of the database are called'
  if (complete && walk.operands > 0 && walk.last === OPERAND.call && calls === 1 && PROBES.test(walk.text))
    return 'functions of the database are called'
  return (complete && !walk.wanting ? judgeList(walk) : null) ?? judgeCut(walk, anchored)
}

/** An unclean start leaves a condition only when nothing in it is unknown: "24x = 5 or x = 7" is algebra. */
function isAllConstant(walk: Walk): boolean {
  return walk.constantComparisons === walk.comparisons
}

/** A whole value that is a sort key, or a number and a column joined by OR. */
function judgeList(walk: Walk): string | null {
  if (walk.groups.length > 0) return null
  if (
    walk.commas + walk.comparisons > 0 &&
    walk.sqlCalls > 0 &&
    ((walk.commas > 0 && walk.variables > 0) || hasListedCall(walk))
  )
    return 'a function of the database stands in a list'
  if (walk.commas === 0 && walk.plainCalls > 0 && /^\s{0,40}if\(/i.test(walk.text))
    return isThreefold(walk) ? 'a conditional stands where a value belongs' : null
  return isNumberOrColumn(walk) ? 'a condition is added' : null
}

/** Calls that wait, load or tell about the server, right behind a comma or comparison. */
const LISTED =
  /^(?:SLEEP|BENCHMARK|RANDOMBLOB|ZEROBLOB|GET_LOCK|IIF|EXTRACTVALUE|UPDATEXML|XMLTYPE|LOAD_\w+|GTID_\w+|JSON_KEYS|(?:PG|DB|DBMS|UTL|SYS|CTXSYS|CURRENT|SESSION|SYSTEM|SUSER)_\w+|CTXSYS|VERSION|DATABASE|HTTPURITYPE|DBLINK\w*|TO_NUMBER|OPENROWSET)$/

function hasListedCall(walk: Walk): boolean {
  const { kinds, ends } = walk.tokens
  for (let i = 1; i < kinds.length; i++) {
    const before = kinds[i - 1]
    if (before !== SQL.comma && before !== SQL.comparison) continue
    const next = walk.text[ends[i] ?? 0] ?? ''
    // "version (2)" is a word and a note.
    if ((kinds[i] !== SQL.sqlCall || next === '(' || next === '/') && LISTED.test(wordAt(walk, i)))
      return true
  }
  return false
}

/** IF with a condition and two results, and nothing behind it. */
function isThreefold(walk: Walk): boolean {
  let depth = 0
  let commas = 0
  const { kinds } = walk.tokens
  for (let i = 1; i < kinds.length; i++) {
    if (kinds[i] === SQL.open) depth++
    else if (kinds[i] === SQL.comma && depth === 1) commas++
    else if (kinds[i] === SQL.close && --depth === 0) return commas === 2 && i === kinds.length - 1
  }
  return false
}

// "0 or more", "-1 or lower": how sentences go on behind a number.
const AMOUNTS =
  /^(?:MORE|LESS|FEWER|LOWER|HIGHER|GREATER|LARGER|SMALLER|OLDER|YOUNGER|LATER|EARLIER|NEWER|LONGER|SHORTER|BETTER|WORSE|ABOVE|BELOW|UNDER|OVER|UP|DOWN|SO|NONE|NOTHING|ZERO|POSITIVE|NEGATIVE|HALF|MAYBE|NOT|EMPTY|UNSET|[A-Z])$/

/** `0 OR hidden`, `-1 || paid`: shows every row where the column is set. */
function isNumberOrColumn(walk: Walk): boolean {
  if (walk.operands !== 2 || walk.logic !== 1 || walk.comparisons + walk.arithmetic > 0) return false
  const number = /^\W{0,8}(?:0|-\s?\d{1,10}|\d{1,10}\s{0,9}xor\b)(?![\d.,])/i.test(walk.text)
  if (walk.last !== OPERAND.name || !number) return false
  const word = wordAt(walk, walk.i - 1)
  return !DETERMINERS.has(word) && !AMOUNTS.test(word)
}

/** Calls that tell about the server, or stop it, when they are a whole value. */
const PROBES =
  /^\W*(?:dbms_\w+\.|utl_\w+\.|randomblob\s*\(\s*[0-9]{7}|sleep\s*\(\s*[0-9]|pg_sleep|benchmark|load_file|group_concat|updatexml|extractvalue|xmltype|current_database|(?:sqlite_)?version\s*\(\s*\)|database\s*\(\s*\)|(?:current|system|session)_user\s*\()/i

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
    if ((walk.last !== OPERAND.literal || walk.arithmetic > 0) && !quotesWords(walk))
      return 'a constant condition is added'
  if (complete && walk.operands > 1 && walk.sqlCalls > 0 && walk.arithmetic > 0)
    return 'a function of the database is called'
  return null
}

/** Longest outer strings around a lone operator: beyond it is prose that quotes a word. */
const MOST_OUTER_BYTES = 32

/** Fewest bytes of a sentence before a quoted word in it. */
const LEAST_WORDS_BYTES = 4

/**
 * `the words "and" and "or" are`: behind a word, and both the first quote and the last stand as quotes do in sentences.
 * Then an expression of strings alone is no condition.
 */
export function quotesWords(walk: Walk): boolean {
  const { starts, ends } = walk.tokens
  const first = (ends[0] ?? 1) - 1
  const last = starts.at(-1) ?? 0
  const before = walk.text.slice(Math.max(0, first - 24), first)
  return (
    before.trim().length >= LEAST_WORDS_BYTES &&
    /[^\d\s)][.,;:!?]?\s{1,8}$/.test(before) &&
    /[A-Za-z]/.test(walk.text.charAt(first + 1)) &&
    /[A-Za-z.?!]/.test(walk.text.charAt(last - 1)) &&
    /^[\s,.;:!?)]|^$/.test(walk.text.slice(last + 1, last + 2))
  )
}

/** The value ends inside a string that the query's own quote closes. */
function rejoins(walk: Walk): boolean {
  const { kinds, starts, ends } = walk.tokens
  const last = kinds.length - 1
  const quote = walk.context === 'double' ? 34 : 39
  if (walk.last !== OPERAND.open || walk.operands < 2 || walk.commas > 0) return false
  if (walk.text.charCodeAt(starts[last] ?? 0) !== quote) return false
  if (quotesWords(walk)) return false
  if (kinds.length > 3) return true
  const before = (ends[0] ?? 1) - 1
  const after = walk.text.length - (starts[last] ?? 0) - 1
  // `"is" stamp` quotes a word; `'^'1` cannot be read so.
  const word = /[A-Za-z]/.test(walk.text[starts[1] ?? 0] ?? '')
  if ((before === 0) !== (after === 0) && (word || after > 2)) return false
  return before <= MOST_OUTER_BYTES && after <= MOST_OUTER_BYTES
}
