import { placeOptions } from '../place/data-folder.ts'
import { actor } from '../place/actor.ts'
import type { Command } from '../program/command.ts'
import { usageError } from '../program/cli-error.ts'
import { askCollector, savedSearches } from '../search/ask-collector.ts'

/** `sevenfold search save`. */
export const searchSave: Command = {
  name: 'search save',
  summary: 'keep a filter under a name, for the console and search --saved',
  words: { name: 'NAME FILTER…', help: 'the name, and the filter', min: 2, max: 64 },
  options: placeOptions,
  examples: ["sevenfold search save logins 'kind:authentication and event.outcome:failure'"],
  run: async (call) => {
    const [name = '', ...filter] = call.words
    const kept = await askCollector(call, '/v1/searches', {
      method: 'POST',
      body: { name, query: filter.join(' '), actor: actor() },
    })
    call.io.out(call.json ? JSON.stringify(kept) : `kept as ${name}`)
    return 0
  },
}

/** `sevenfold search list`. */
export const searchList: Command = {
  name: 'search list',
  summary: 'list the filters that were kept',
  options: placeOptions,
  examples: ['sevenfold search list'],
  run: async (call) => {
    for (const search of await savedSearches(call))
      call.io.out(call.json ? JSON.stringify(search) : `${search.name.padEnd(24)} ${search.query}`)
    return 0
  },
}

/** `sevenfold search delete`. */
export const searchDelete: Command = {
  name: 'search delete',
  summary: 'forget a filter that was kept',
  words: { name: 'NAME', help: 'its name', min: 1, max: 1 },
  options: placeOptions,
  examples: ['sevenfold search delete logins'],
  run: async (call) => {
    const [name = ''] = call.words
    const { removed } = await askCollector(call, `/v1/searches/${encodeURIComponent(name)}`, {
      method: 'DELETE',
    })
    if (removed === undefined) throw usageError(`no search is saved as ${name}`, 'see sevenfold search list')
    call.io.out(call.json ? JSON.stringify({ removed }) : `forgot ${name}`)
    return 0
  },
}
