import { DETERMINERS, kindAt, skipName, startsValue, type SqlSource, wordAt } from './sql-shape.ts'
import { SQL } from './sql-words.ts'

const ENDS_STATEMENT: ReadonlySet<number> = new Set([
  SQL.end,
  SQL.comment,
  SQL.semicolon,
  SQL.where,
  SQL.openString,
])

// What goes on behind the name of a thing that is defined.
const DEFINES =
  /^(?:ADD|DROP|MODIFY|RENAME|IDENTIFIED|TO|OWNER|AUTHORIZATION|ENGINE|CASCADE|RESTRICT|PURGE|RESTART|CONTINUE)$/

// DROP name without TABLE is an error and so a probe: proven by what cuts it off.
const CUTS_STATEMENT: ReadonlySet<number> = new Set([SQL.comment, SQL.semicolon, SQL.openString])

/** A verb and a name: an error that shows the database, unless words in quotes are read so. */
function isCutOff(source: SqlSource, i: number): boolean {
  const behind = kindAt(source, skipName(source, i + 1))
  const apart = kindAt(source, i - 1) === SQL.semicolon
  if (wordAt(source, i) === 'TRUNCATE' && apart && behind === SQL.end) return true
  return CUTS_STATEMENT.has(behind) && (behind !== SQL.openString || apart)
}

function isDefinition(source: SqlSource, i: number, cut: boolean): boolean {
  let at = i + 1
  if (cut && kindAt(source, at) === SQL.name && isCutOff(source, i)) return true
  if (wordAt(source, at) === 'OR' && wordAt(source, at + 1) === 'REPLACE') at += 2
  if (kindAt(source, at) !== SQL.object && wordAt(source, at) !== 'PROCEDURE') return false
  at++
  if (DETERMINERS.has(wordAt(source, at))) return false
  if (
    kindAt(source, at) === SQL.ifWord ||
    (wordAt(source, i) === 'ATTACH' && kindAt(source, at) === SQL.string)
  )
    return true
  const behind = skipName(source, at)
  return behind > at && (kindAt(source, behind) !== SQL.name || DEFINES.test(wordAt(source, behind)))
}

function isUpdate(source: SqlSource, i: number): boolean {
  const at = skipName(source, i + 1)
  if (at === i + 1 || kindAt(source, at) !== SQL.set) return false
  const column = skipName(source, at + 1)
  return column > at + 1 && kindAt(source, column) === SQL.comparison
}

/** `MERGE INTO t USING`: a query, or a table and ON. */
function isMergeSource(source: SqlSource, i: number): boolean {
  if (kindAt(source, i) === SQL.open) return true
  const behind = skipName(source, i)
  return wordAt(source, behind) === 'ON' || wordAt(source, behind + 1) === 'ON'
}

function isInsert(source: SqlSource, i: number): boolean {
  if (kindAt(source, i + 1) !== SQL.into) return false
  const at = skipName(source, i + 2)
  const kind = kindAt(source, at)
  if (wordAt(source, i) === 'MERGE' && wordAt(source, at) === 'USING')
    return at > i + 2 && isMergeSource(source, at + 1)
  return (
    at > i + 2 &&
    (kind === SQL.open ||
      kind === SQL.values ||
      kind === SQL.select ||
      kind === SQL.set ||
      wordAt(source, at) === 'VALUES')
  )
}

function isDelete(source: SqlSource, verb: number, cut: boolean): boolean {
  const i = /^(?:IGNORE|QUICK|LOW_PRIORITY)$/.test(wordAt(source, verb + 1)) ? verb + 1 : verb
  if (kindAt(source, i + 1) !== SQL.from || DETERMINERS.has(wordAt(source, i + 2))) return false
  const at = skipName(source, i + 2)
  const kind = kindAt(source, at)
  if (at === i + 2) return false
  return kind === SQL.where || kind === SQL.semicolon || (cut && ENDS_STATEMENT.has(kind))
}

function isExecute(source: SqlSource, i: number, cut: boolean): boolean {
  const kind = kindAt(source, i + 1)
  if (kind === SQL.sqlCall) return cut
  if (kind === SQL.open || kind === SQL.variable || kind === SQL.string)
    return cut || kind === SQL.variable || kindAt(source, i + 2) === SQL.variable
  const at = skipName(source, i + 1)
  if (at === i + 1) return false
  const next = kindAt(source, at)
  if (next === SQL.name || next === SQL.logic || next === SQL.object)
    return /^(?:XP|SP)_/.test(wordAt(source, i + 1))
  // "; exec summary; and so on": a word alone is the name of a procedure when it is made like one, or cut off.
  const isPart = at > i + 2 || /[_\d]/.test(wordAt(source, i + 1))
  if (!cut) return at > i + 2 || /^(?:XP|SP)_/.test(wordAt(source, i + 1))
  return !DETERMINERS.has(wordAt(source, i + 1)) && (isPart || next !== SQL.semicolon)
}

function isDeclaredType(source: SqlSource, i: number): boolean {
  const kind = kindAt(source, i)
  return kind === SQL.type || kind === SQL.sqlCall || kind === SQL.plainCall || wordAt(source, i) === 'CURSOR'
}

/** "use it and …", "use the key": a pronoun, or a word that goes on as a sentence. */
function isPhrase(source: SqlSource, i: number): boolean {
  const behind = kindAt(source, i + 2)
  return (
    DETERMINERS.has(wordAt(source, i + 1)) ||
    behind === SQL.string ||
    behind === SQL.openString ||
    behind === SQL.name ||
    behind === SQL.logic ||
    behind === SQL.comma ||
    behind === SQL.inside
  )
}

/**
 * A statement verb stands at `i`: is it a statement? `cut` says that the text before was left by
 * `;` or a quote; at the very start of a value more is asked, as sentences start with verbs too.
 */
export function isStatement(source: SqlSource, i: number, cut: boolean): boolean {
  const next = kindAt(source, i + 1)
  switch (wordAt(source, i)) {
    case 'INSERT':
    case 'MERGE':
      return isInsert(source, i)
    case 'UPDATE':
      return isUpdate(source, i)
    case 'DELETE':
      return isDelete(source, i, cut)
    case 'DROP':
    case 'CREATE':
    case 'ALTER':
    case 'TRUNCATE':
    case 'RENAME':
    case 'BACKUP':
    case 'RESTORE':
    case 'ATTACH':
      return isDefinition(source, i, cut)
    case 'EXEC':
    case 'EXECUTE':
      return isExecute(source, i, cut)
    case 'CALL':
      return (
        cut &&
        (next === SQL.sqlCall || (kindAt(source, skipName(source, i + 1)) === SQL.open && next !== SQL.open))
      )
    case 'DECLARE':
      return next === SQL.variable || (cut && next === SQL.name && isDeclaredType(source, i + 2))
    case 'WAITFOR':
      return /^(?:DELAY|TIME)$/.test(wordAt(source, i + 1))
    case 'LOAD':
      return /^(?:DATA|XML)$/.test(wordAt(source, i + 1))
    case 'GRANT':
    case 'REVOKE':
      return (
        cut &&
        (next === SQL.name || next === SQL.quantifier || next === SQL.select) &&
        kindAt(source, i + 2) === SQL.join
      )
    case 'SHUTDOWN':
    case 'RECONFIGURE':
      return cut && (ENDS_STATEMENT.has(next) || next === SQL.with)
    case 'BEGIN':
      return cut && isBlock(source, i + 1)
    case 'GOTO':
    case 'USE':
      return cut && next === SQL.name && !isPhrase(source, i)
    case 'PRINT':
      return cut && (startsValue(source, i + 1) || next === SQL.openString)
    case 'DO':
      return cut && (next === SQL.open || next === SQL.sqlCall || wordAt(source, i + 1).startsWith('$'))
    case 'VACUUM':
      return cut && (next === SQL.into || ENDS_STATEMENT.has(next))
    case 'PREPARE':
      return cut && next === SQL.name && kindAt(source, i + 2) === SQL.from
    case 'HANDLER':
    case 'COPY':
    case 'PRAGMA':
      return cut && next === SQL.name
    default:
      return false
  }
}

/** What stands at `i` opens a block of statements. */
function isBlock(source: SqlSource, i: number): boolean {
  const kind = kindAt(source, i)
  if (kind === SQL.verb || kind === SQL.select || /^TR(?:Y|AN)/.test(wordAt(source, i))) return true
  const behind = skipName(source, i)
  return behind > i + 1 && kindAt(source, behind) === SQL.open
}

/** A word at `i` that is no verb elsewhere: `LOCK TABLES …`, `REPLACE INTO …`. */
export function isRareStatement(source: SqlSource, i: number): boolean {
  if (wordAt(source, i) === 'REPLACE') return isInsert(source, i)
  return (
    wordAt(source, i) === 'LOCK' && /^TABLES?$/.test(wordAt(source, i + 1)) && skipName(source, i + 2) > i + 2
  )
}

/** `SET` stands at `i`: an assignment to a variable or an option? */
export function isAssignment(source: SqlSource, set: number): boolean {
  const i = /^(?:GLOBAL|SESSION|LOCAL|PERSIST)$/.test(wordAt(source, set + 1)) ? set + 1 : set
  const next = kindAt(source, i + 1)
  const sign = kindAt(source, i + 2)
  return (next === SQL.variable || next === SQL.name) && (sign === SQL.comparison || sign === SQL.assign)
}
