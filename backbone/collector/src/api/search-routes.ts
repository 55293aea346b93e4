import type { IncomingMessage } from 'node:http'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { CollectorError } from '../collector-error.ts'
import type { SavedSearches } from '../searches/saved-searches.ts'

/** Longest body of a change, in bytes. */
export const maxSearchBytes = 16_384

/** `GET`, `POST {name, query, actor}` and `DELETE /v1/searches[/NAME]`; undefined for another method. */
export async function answerSearches(
  searches: SavedSearches,
  request: IncomingMessage,
  name: string | undefined,
): Promise<object | undefined> {
  if (request.method === 'GET' && name === undefined) return { searches: searches.list() }
  if (request.method === 'POST' && name === undefined) return searches.save(await readSearch(request))
  if (request.method !== 'DELETE' || name === undefined) return undefined
  searches.remove(name)
  return { removed: name }
}

async function readSearch(
  request: IncomingMessage,
): Promise<{ readonly name: string; readonly query: string; readonly actor: string }> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxSearchBytes) throw bad(`a search has at most ${maxSearchBytes} bytes`)
    chunks.push(chunk)
  }
  const limits = { maxTextLength: maxSearchBytes, maxDepth: 2, maxNodes: 16, maxStringLength: maxSearchBytes }
  const parsed = parseBoundedJson(Buffer.concat(chunks).toString('utf8'), limits)
  const { name, query, actor } = parsed.ok && isJsonObject(parsed.value) ? parsed.value : {}
  if (typeof name !== 'string' || typeof query !== 'string' || typeof actor !== 'string')
    throw bad('a search is {name, query, actor}')
  return { name, query, actor }
}

const bad = (message: string): CollectorError => new CollectorError('COLLECTOR_BAD_PARAMETER', message)
