import { isJsonObject } from '@sevenfold/event'
import type { Json } from '@sevenfold/event'
import { readImport } from '../decisions/read-import.ts'
import { actor } from '../place/actor.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { exitCodes, usageError } from '../program/cli-error.ts'
import type { Call, Command } from '../program/command.ts'
import { table } from '../program/table.ts'
import { askSocket } from '../talk/ask-socket.ts'

async function ask(
  call: Call,
  question: { method?: 'POST' | 'DELETE'; path: string; body?: Json },
): Promise<Json | undefined> {
  return await askSocket({
    socketPath: await partSocket(call, 'detection', 'api.sock'),
    part: 'detection',
    ...question,
  })
}

function tell(call: Call, name: string, answer: Json | undefined, done: string): number {
  if (call.json) call.io.out(JSON.stringify(answer ?? null))
  else if (answer === undefined)
    call.io.note(`sevenfold: there is no allow-list ${name}; sevenfold allowlists list shows all`)
  else call.io.out(done)
  return answer === undefined ? exitCodes.findings : exitCodes.ok
}

const exits = { 1: 'there is no such list' }

/** `sevenfold allowlists list`. */
export const allowlistsList: Command = {
  name: 'allowlists list',
  summary: 'show the lists of addresses that nobody bans, or what is on one of them',
  words: { name: 'NAME', help: 'one list with its addresses', min: 0, max: 1 },
  options: placeOptions,
  examples: ['sevenfold allowlists list', 'sevenfold allowlists list office'],
  exits,
  run: async (call) => {
    const [name] = call.words
    const answer = await ask(call, { path: '/v1/allowlists?with_content=true' })
    const lists = (Array.isArray(answer) ? answer : []).filter(isJsonObject)
    if (name === undefined) {
      if (call.json) call.io.out(JSON.stringify(lists))
      else if (lists.length === 0)
        call.io.out('no allow-lists; make one with sevenfold allowlists create NAME')
      else {
        const size = (items: Json | undefined): string => String(Array.isArray(items) ? items.length : 0)
        const rows = lists.map((list) => [
          fieldText(list, 'name') ?? '',
          size(list['items']),
          fieldText(list, 'description') ?? '',
        ])
        call.io.out(table(['name', 'addresses', 'description'], rows))
      }
      return exitCodes.ok
    }
    const list = lists.find((one) => fieldText(one, 'name') === name)
    const items = (Array.isArray(list?.['items']) ? list['items'] : []).filter(isJsonObject)
    const columns = ['value', 'expiration', 'description'] as const
    const rows = items.map((item) => columns.map((column) => fieldText(item, column) ?? ''))
    return tell(call, name, list, items.length === 0 ? 'nothing is on it' : table(columns, rows))
  },
}

/** `sevenfold allowlists create`. */
export const allowlistsCreate: Command = {
  name: 'allowlists create',
  summary: 'make a list of addresses that nobody bans',
  words: { name: 'NAME', help: 'name of the list', min: 1, max: 1 },
  options: {
    description: { type: 'string', value: 'TEXT', help: 'whose addresses they are' },
    ...placeOptions,
  },
  examples: ['sevenfold allowlists create office --description "our own desks"'],
  run: async (call) => {
    const [name = ''] = call.words
    const body = { name, description: call.text('description') ?? '', actor: actor() }
    return tell(call, name, await ask(call, { method: 'POST', path: '/v1/allowlists', body }), `made ${name}`)
  },
}

/** `sevenfold allowlists delete`. */
export const allowlistsDelete: Command = {
  name: 'allowlists delete',
  summary: 'remove a list of addresses that nobody bans',
  words: { name: 'NAME', help: 'name of the list', min: 1, max: 1 },
  options: placeOptions,
  examples: ['sevenfold allowlists delete office'],
  exits,
  run: async (call) => {
    const [name = ''] = call.words
    const path = `/v1/allowlists/${encodeURIComponent(name)}`
    return tell(
      call,
      name,
      await ask(call, { method: 'DELETE', path, body: { actor: actor() } }),
      `deleted ${name}`,
    )
  },
}

async function valuesOf(call: Call): Promise<string[]> {
  const [, ...words] = call.words
  if (words.length !== 1 || words[0] !== '-') return words
  let text = ''
  for await (const chunk of call.io.input()) text += Buffer.from(chunk).toString('utf8')
  return readImport(text).flatMap((item) => (typeof item['value'] === 'string' ? [item['value']] : []))
}

async function changeItems(call: Call, method: 'POST' | 'DELETE'): Promise<number> {
  const [name = ''] = call.words
  const values = await valuesOf(call)
  if (values.length === 0)
    throw usageError('no address is named', 'name addresses or ranges, or - for a list on standard input')
  const optional = (['description', 'duration'] as const).flatMap((option) => {
    const value = method === 'POST' ? call.text(option) : undefined
    return value === undefined ? [] : [[option, value] as const]
  })
  const body = { values, actor: actor(), ...Object.fromEntries(optional) }
  const answer = await ask(call, { method, path: `/v1/allowlists/${encodeURIComponent(name)}/items`, body })
  return tell(call, name, answer, `${method === 'POST' ? 'put on' : 'taken from'} ${name}: ${values.length}`)
}

const itemWords = {
  name: 'NAME ADDRESS…',
  help: 'list, then addresses or ranges; - reads them from standard input',
  min: 2,
  max: 10_001,
}

/** `sevenfold allowlists add`. */
export const allowlistsAdd: Command = {
  name: 'allowlists add',
  summary: 'put addresses or ranges on a list; bans on them end at once',
  words: itemWords,
  options: {
    description: { type: 'string', value: 'TEXT', help: 'whose they are' },
    duration: { type: 'string', value: 'TIME', help: 'such as 30d', default: 'for ever' },
    ...placeOptions,
  },
  examples: [
    'sevenfold allowlists add office 203.0.113.0/24 2001:db8::/48',
    'sevenfold allowlists add office - < allowlist.txt',
  ],
  exits,
  run: (call) => changeItems(call, 'POST'),
}

/** `sevenfold allowlists remove`. */
export const allowlistsRemove: Command = {
  name: 'allowlists remove',
  summary: 'take addresses or ranges from a list',
  words: itemWords,
  options: placeOptions,
  examples: ['sevenfold allowlists remove office 203.0.113.0/24'],
  exits,
  run: (call) => changeItems(call, 'DELETE'),
}

/** `sevenfold allowlists check`. */
export const allowlistsCheck: Command = {
  name: 'allowlists check',
  summary: 'say whether an address or a range is allowed, and by which list',
  words: { name: 'ADDRESS', help: 'address or range', min: 1, max: 1 },
  options: placeOptions,
  examples: ['sevenfold allowlists check 203.0.113.7'],
  exits: { 1: 'it is not allowed' },
  run: async (call) => {
    const [address = ''] = call.words
    const answer = await ask(call, { path: `/v1/allowlists/check/${encodeURIComponent(address)}` })
    const isAllowed = isJsonObject(answer) && answer['allowlisted'] === true
    if (call.json) call.io.out(JSON.stringify(answer ?? null))
    else
      call.io.out(
        isAllowed && isJsonObject(answer) ? `allowed: ${fieldText(answer, 'reason') ?? ''}` : 'not allowed',
      )
    return isAllowed ? exitCodes.ok : exitCodes.findings
  },
}
