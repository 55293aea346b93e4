import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import type { LogSource } from '@sevenfold/sigma'
import { exitCodes, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { inputLines } from '../waf/input-lines.ts'
import { loadSigma } from './load-sigma.ts'

const limits = { maxTextLength: 33_554_432, maxDepth: 64, maxNodes: 500_000, maxStringLength: 33_554_432 }

function logSourceOf(value: Json | undefined): LogSource {
  if (!isJsonObject(value)) return {}
  const entries = ['category', 'product', 'service'].flatMap((key) => {
    const text = value[key]
    return typeof text === 'string' ? [[key, text] as const] : []
  })
  return Object.fromEntries(entries)
}

function readLine(line: string): {
  readonly id: Json
  readonly logsource: LogSource
  readonly event: JsonObject
} {
  const parsed = parseBoundedJson(line, limits)
  if (!parsed.ok) throw new Error(parsed.message)
  if (!isJsonObject(parsed.value)) throw new Error('a line must be an object')
  const { id = null, logsource, event } = parsed.value
  if (!isJsonObject(event)) throw new Error('event must be an object')
  return { id, logsource: logSourceOf(logsource), event }
}

/** One event in, the ids of the rules that match it out, in order. Resolves to 1 when a line could not be read. */
export async function runSigmaEval(call: Call): Promise<number> {
  if (call.texts('rules').length + call.words.length === 0)
    throw usageError('--rules is missing', 'for example --rules ./sigma/rules')
  const rules = loadSigma(call)
  call.io.note(
    `${rules.rules.length} rules, ${rules.correlations.length} correlations, ${rules.problems.length} refused`,
  )
  let [judged, faulty] = [0, 0]
  for await (const line of inputLines(call.io.input())) {
    try {
      const { id, logsource, event } = readLine(line)
      call.io.out(JSON.stringify({ id, matches: rules.match(event, logsource).map((rule) => rule.id) }))
      judged += 1
    } catch (error) {
      call.io.out(JSON.stringify({ id: null, error: error instanceof Error ? error.message : String(error) }))
      faulty += 1
    }
  }
  call.io.note(`${judged} events judged, ${faulty} unreadable`)
  return faulty === 0 ? exitCodes.ok : exitCodes.findings
}
