import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import { usageError } from '../program/cli-error.ts'

/** Largest file that is read, in bytes. */
export const maxImportBytes = 67_108_864

const limits = { maxTextLength: maxImportBytes, maxDepth: 8, maxNodes: 5_000_000, maxStringLength: 8_192 }
const columns = new Set(['duration', 'reason', 'scope', 'type', 'value', 'origin', 'scenario'])

function fieldsOf(line: string): string[] {
  const fields: string[] = []
  // Each field takes the comma before it along; the first one gets one.
  for (const [, quoted, plain = ''] of `,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g))
    fields.push((quoted?.replaceAll('""', '"') ?? plain).trim())
  return fields
}

function readCsv(lines: readonly string[]): JsonObject[] {
  const names = fieldsOf(lines[0] ?? '').map((name) => name.toLowerCase())
  const unknown = names.find((name) => !columns.has(name))
  if (unknown !== undefined || !names.includes('value'))
    throw usageError(
      unknown === undefined ? 'the CSV has no column value' : `unknown column ${unknown}`,
      `the first line names columns: ${[...columns].join(', ')}`,
    )
  return lines.slice(1).map((line) => {
    const fields = fieldsOf(line)
    const entries = names.map((name, i) => [name, fields[i] ?? ''] as const)
    return Object.fromEntries(entries.filter(([, value]) => value !== ''))
  })
}

function readJsonItems(value: Json): JsonObject[] {
  const list = isJsonObject(value) ? value['decisions'] : value
  const items: readonly Json[] = Array.isArray(list) ? list : []
  return items.filter(isJsonObject)
}

/**
 * Decisions in a file: JSON (a list, or `{decisions: […]}`), CSV with a line of column names, or one address or range a
 * line with `#` for comments, as `cscli decisions import` takes them. Throws a `CliError` for anything else.
 */
export function readImport(text: string): JsonObject[] {
  const start = text.trimStart()
  if (start.startsWith('{') || start.startsWith('[')) {
    const parsed = parseBoundedJson(text, limits)
    if (!parsed.ok) throw usageError(`the file is no JSON: ${parsed.message}`, 'look at it with: jq . FILE')
    return readJsonItems(parsed.value)
  }
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/\s+[#;].*$/, '').trim())
    .filter((line) => line !== '' && !/^[#;]/.test(line))
  if (lines[0]?.includes(',') === true) return readCsv(lines)
  return lines.map((value) => ({ value }))
}
