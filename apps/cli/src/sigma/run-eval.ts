import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import type { CorrelationMatch, Correlations, LogSource, SigmaRuleSet } from '@sevenfold/sigma'
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

interface EvalLine {
  readonly id: Json
  readonly logsource: LogSource
  readonly event: JsonObject
  /** Milliseconds since 1970; undefined when neither the line nor the event says. */
  readonly timeMs: number | undefined
}

/** Numbers below this are seconds. */
const fewestMs = 100_000_000_000

function timeOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value
  const ms =
    typeof number === 'number'
      ? number * (number < fewestMs ? 1000 : 1)
      : typeof number === 'string'
        ? Date.parse(number)
        : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}

function readLine(line: string): EvalLine {
  const parsed = parseBoundedJson(line, limits)
  if (!parsed.ok) throw new Error(parsed.message)
  if (!isJsonObject(parsed.value)) throw new Error('a line must be an object')
  const { id = null, logsource, event } = parsed.value
  if (!isJsonObject(event)) throw new Error('event must be an object')
  const time = timeOf(parsed.value['time'] ?? event['@timestamp'] ?? event['timestamp'])
  return { id, logsource: logSourceOf(logsource), event, timeMs: time }
}

interface EvalAnswer {
  readonly id: Json
  readonly matches: readonly string[]
  readonly correlations?: readonly Json[]
}

/** Matches events and, where there are correlation rules, follows them over time. */
class EvalJudge {
  readonly #rules: SigmaRuleSet
  readonly #state: Correlations
  #advancedMs = Number.NEGATIVE_INFINITY
  timeless = 0

  constructor(rules: SigmaRuleSet) {
    this.#rules = rules
    this.#state = rules.openCorrelations()
  }

  judge({ id, logsource, event, timeMs }: EvalLine): EvalAnswer {
    const matched = this.#rules.match(event, logsource)
    const ids = matched.map((rule) => rule.id)
    if (this.#rules.correlations.length === 0) return { id, matches: ids }
    if (timeMs === undefined) {
      this.timeless += 1
      return { id, matches: ids, correlations: [] }
    }
    const fired = [...this.#ended(timeMs), ...this.#state.observe(matched, event, timeMs)]
    return { id, matches: [...ids, ...fired.map(({ rule }) => rule.id)], correlations: fired.map(shown) }
  }

  /** Windows that are over; looked for once a second of the events' time. */
  #ended(timeMs: number): readonly CorrelationMatch[] {
    if (timeMs < this.#advancedMs + 1000) return []
    this.#advancedMs = timeMs
    return this.#state.advance(timeMs)
  }

  /** Judges the windows that end with the input; undefined when none of them fires. */
  end(): EvalAnswer | undefined {
    const fired = this.#state.advance(Number.MAX_SAFE_INTEGER)
    if (fired.length === 0) return undefined
    return { id: null, matches: fired.map(({ rule }) => rule.id), correlations: fired.map(shown) }
  }
}

function shown({ rule, group, result, count }: CorrelationMatch): Json {
  return { id: rule.id, group: { ...group }, result, count }
}

/** One event in, the ids of the rules that match it out, in order. Resolves to 1 when a line could not be read. */
export async function runSigmaEval(call: Call): Promise<number> {
  if (call.texts('rules').length + call.words.length === 0)
    throw usageError('--rules is missing', 'for example --rules ./sigma/rules')
  const rules = loadSigma(call)
  call.io.note(
    `${rules.rules.length} rules, ${rules.correlations.length} correlations, ${rules.problems.length} refused`,
  )
  const judge = new EvalJudge(rules)
  let [judged, faulty] = [0, 0]
  for await (const line of inputLines(call.io.input())) {
    try {
      call.io.out(JSON.stringify(judge.judge(readLine(line))))
      judged += 1
    } catch (error) {
      call.io.out(JSON.stringify({ id: null, error: error instanceof Error ? error.message : String(error) }))
      faulty += 1
    }
  }
  const last = judge.end()
  if (last !== undefined) call.io.out(JSON.stringify(last))
  if (judge.timeless > 0) call.io.note(`${judge.timeless} events have no time: no correlation counted them`)
  call.io.note(`${judged} events judged, ${faulty} unreadable`)
  return faulty === 0 ? exitCodes.ok : exitCodes.findings
}
