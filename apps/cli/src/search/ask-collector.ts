import { join } from 'node:path'
import { isJsonObject } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import { dataFolder } from '../place/data-folder.ts'
import { usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { askSocket } from '../talk/ask-socket.ts'

/** Asks the collector of the data folder. @throws CliError when it does not answer or refuses. */
export async function askCollector(
  call: Call,
  path: string,
  change: { readonly method?: 'POST' | 'DELETE'; readonly body?: Json } = {},
): Promise<JsonObject> {
  const socketPath = join(await dataFolder(call), 'collector', 'api.sock')
  const answer = await askSocket({ socketPath, part: 'collector', path, ...change })
  return answer !== undefined && answer !== null && isJsonObject(answer) ? answer : {}
}

/** Searches that were saved. */
export async function savedSearches(
  call: Call,
): Promise<readonly { readonly name: string; readonly query: string }[]> {
  const { searches } = await askCollector(call, '/v1/searches')
  return (Array.isArray(searches) ? searches.filter(isJsonObject) : []).flatMap(({ name, query }) =>
    typeof name === 'string' && typeof query === 'string' ? [{ name, query }] : [],
  )
}

/** The filter of a call: its words, or a saved one. @throws CliError for both, or for a name that nothing has. */
export async function queryOf(call: Call): Promise<string> {
  const name = call.text('saved')
  if (name === undefined) return call.words.join(' ')
  if (call.words.length > 0)
    throw usageError('a filter and --saved do not go together', 'leave one of them out')
  const saved = await savedSearches(call)
  const found = saved.find((search) => search.name === name)
  if (found !== undefined) return found.query
  const known = saved.map((search) => search.name).join(', ')
  throw usageError(
    `no search is saved as ${name}`,
    known === '' ? 'save one: sevenfold search save NAME FILTER' : `there are ${known}`,
  )
}
