import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isJsonObject } from '@sevenfold/event'
import { maxImportBytes, readImport } from '../decisions/read-import.ts'
import { actor } from '../place/actor.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { environmentError, exitCodes, usageError } from '../program/cli-error.ts'
import type { Call, Command } from '../program/command.ts'
import { askSocket } from '../talk/ask-socket.ts'

const perRequest = 50_000

/** How long one part of an import may take: detection answers when it is on disk. */
const importTimeoutMs = 120_000

async function readInput(call: Call): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of call.io.input()) {
    length += chunk.length
    if (length > maxImportBytes)
      throw usageError(`the input is larger than ${maxImportBytes} bytes`, 'split it')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** `sevenfold decisions import`. */
export const decisionsImport: Command = {
  name: 'decisions import',
  summary: 'make many decisions at once, from a list, a CSV or a JSON file',
  details: `FILE holds one address or range a line (# begins a comment), or CSV whose first line names the columns (value, and
any of duration, reason, scope, type), or JSON: a list of decisions, or {"decisions": [...]}. What must never be banned, or
is on an allow-list, is left out and named; ranges lose such addresses.`,
  words: { name: 'FILE', help: 'list, CSV or JSON; - for standard input', min: 1, max: 1 },
  options: {
    duration: { type: 'string', value: 'TIME', help: 'for entries that name none', default: 'banDuration' },
    reason: { type: 'string', value: 'TEXT', help: 'for entries that name none' },
    type: { type: 'string', value: 'TYPE', help: 'for entries that name none', default: 'ban' },
    ...placeOptions,
  },
  examples: ['sevenfold decisions import block.txt --duration 7d --reason "list of a partner"'],
  exits: { 1: 'some entries were refused' },
  run: async (call) => {
    const [file = ''] = call.words
    let text = ''
    if (file === '-') text = await readInput(call)
    else {
      const path = resolve(call.io.cwd, file)
      const found = await stat(path).catch((error: unknown) => {
        throw environmentError(`${file} cannot be read`, 'name a file, or - for standard input', error)
      })
      if (found.size > maxImportBytes)
        throw usageError(`${file} is larger than ${maxImportBytes} bytes`, 'split it')
      text = await readFile(path, 'utf8')
    }
    const defaults = Object.fromEntries(
      (['duration', 'reason', 'type'] as const).flatMap((name) => {
        const value = call.text(name)
        return value === undefined ? [] : [[name, value]]
      }),
    )
    const decisions = readImport(text).map((item) => ({ ...defaults, origin: 'import', ...item }))
    const socketPath = await partSocket(call, 'detection', 'api.sock')
    let [imported, refused] = [0, 0]
    const why: string[] = []
    for (let at = 0; at < decisions.length; at += perRequest) {
      const body = { decisions: decisions.slice(at, at + perRequest), actor: actor() }
      const answer = await askSocket({
        socketPath,
        part: 'detection',
        method: 'POST',
        path: '/v1/decisions/import',
        body,
        timeoutMs: importTimeoutMs,
      })
      if (!isJsonObject(answer))
        throw environmentError('detection did not answer as agreed', 'is it of this version?')
      imported += Number(answer['imported'])
      refused += Number(answer['refused'])
      if (Array.isArray(answer['why']))
        why.push(...answer['why'].map((one) => (typeof one === 'string' ? one : '')))
    }
    if (call.json) call.io.out(JSON.stringify({ imported, refused, why }))
    else {
      call.io.out(`imported ${imported} decisions${refused === 0 ? '' : `, refused ${refused}`}`)
      for (const one of why.slice(0, 20)) call.io.note(`sevenfold: ${one}`)
    }
    return refused > 0 ? exitCodes.findings : exitCodes.ok
  },
}
