import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { fieldText } from '../place/field-text.ts'
import { inputLines } from './input-lines.ts'

const limits = { maxTextLength: 65_536, maxDepth: 16, maxNodes: 20_000, maxStringLength: 65_536 }

/** Segments of the spools of all processes of the edge, the newest first. */
function segments(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.seg'))
    .map((name) => join(folder, name))
    .map((path) => ({ path, changed: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .toSorted((a, b) => b.changed - a.changed)
    .map(({ path }) => path)
}

/** True for a block event about this request. */
export function isBlockOf(event: JsonObject, request: string): boolean {
  return fieldText(event, 'sevenfold.kind') === 'block' && fieldText(event, 'http.request.id') === request
}

async function blocksIn(path: string, request: string): Promise<JsonObject[]> {
  const found: JsonObject[] = []
  for await (const line of inputLines(createReadStream(path))) {
    if (!line.startsWith('{') || !line.includes(request)) continue
    const parsed = parseBoundedJson(line, limits)
    if (parsed.ok && isJsonObject(parsed.value) && isBlockOf(parsed.value, request)) found.push(parsed.value)
  }
  return found
}

/**
 * Block events of one request: from the edge's own spool, where they stand before anybody else has them, else from
 * the ledger. Needs no process. Empty when there are none.
 */
export async function findBlocks(dataDir: string, request: string): Promise<readonly JsonObject[]> {
  for (const path of segments(join(dataDir, 'edge', 'spool'))) {
    const found = await blocksIn(path, request)
    if (found.length > 0) return found
  }
  if (!existsSync(join(dataDir, 'ledger', 'segments'))) return []
  const { ledgerEvents } = await import('../place/ledger-events.ts')
  const found: JsonObject[] = []
  for await (const { event } of ledgerEvents(dataDir, { holding: request }))
    if (isBlockOf(event, request)) found.push(event)
  return found
}
