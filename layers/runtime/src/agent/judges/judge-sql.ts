import { finding } from '../attack.ts'
import type { Finding } from '../attack.ts'
import { findZones } from '../inputs/zones.ts'
import type { Zone } from '../inputs/zones.ts'
import { kinds } from '../lexers/spans.ts'
import type { Spans } from '../lexers/spans.ts'
import { readSql } from '../lexers/sql-spans.ts'
import type { SqlDialect } from '../lexers/sql-spans.ts'

/** Longest statement that is judged; a longer one with inputs in it is judged by its first part. */
export const maxStatementLength = 262_144

// One literal or name: `-12.5`, `name`, `schema.table`, `"name"`.
const oneToken = /^(?:[-+]?\d+(?:\.\d+)?|\w+(?:\.\w+)*|"[^"]*"|`[^`]*`)$/

// A column to sort by with its direction: what an order from outside is meant to be.
const sortKey = /^\w+(?:\.\w+)*\s+(?:asc|desc)(?:\s+nulls\s+(?:first|last))?$/i

/** True for text that can stand in a statement as code without changing its structure. */
function keepsStructure(text: string): boolean {
  return oneToken.test(text) || sortKey.test(text)
}

/** A constant statement may begin with the very words that somebody also typed; nobody injects at its first byte. */
function isCoincidence(zone: Zone, sql: string): boolean {
  return zone.start === 0 && zone.end < sql.length * 0.9
}

function breaksOut(zone: Zone, sql: string, spans: Spans): boolean {
  const { start, end } = zone
  if (spans.isLiteral(start, end)) return false
  if (zone.isWhole && keepsStructure(sql.slice(start, end).trim())) return false
  if (spans.has(start, end, kinds.comment) || spans.has(start, end, kinds.delimiter)) return true
  // Wholly in code: only a single number or name, which was let through above, keeps the statement's structure.
  return zone.isWhole
}

/** A comment around the zone was there before; a name in double quotes is not left by its own quotes. */
function isInside(zone: Zone, spans: Spans, kind: number): boolean {
  for (let i = zone.start - 1; i <= zone.end; i += 1) if (spans.at(i) !== kind) return false
  return true
}

/**
 * Judges a statement: does any of these zones reach over the edge of one literal, so that it changes the statement's
 * structure? A value that stays inside its quotes, however hostile it looks, is innocent. Null: no objection.
 */
export function judgeStatement(sql: string, dialect: SqlDialect, zones: readonly Zone[]): Finding | null {
  if (zones.length === 0) return null
  const spans = readSql(sql, dialect)
  for (const zone of zones) {
    if (isCoincidence(zone, sql) || isInside(zone, spans, kinds.comment)) continue
    if (breaksOut(zone, sql, spans)) {
      return finding(
        'sql-injection',
        sql.slice(zone.start, zone.end),
        'an input leaves its literal in a statement',
      )
    }
  }
  return null
}

/** Finds inputs in a statement and judges them. */
export function judgeSql(statement: string, dialect: SqlDialect, inputs: Iterable<string>): Finding | null {
  const sql = statement.slice(0, maxStatementLength)
  return judgeStatement(sql, dialect, findZones(sql, inputs))
}
