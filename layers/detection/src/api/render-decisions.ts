import { crowdsecScope } from '../decisions/stored-decision.ts'
import type { StoredDecision } from '../decisions/stored-decision.ts'
import { formatGoDuration } from '../decisions/go-duration.ts'

// A block list has a handful of origins and scenarios, and far fewer ends than decisions: their texts are made once.
const maxRemembered = 65_536

function remembering<Key>(make: (key: Key) => string): (key: Key) => string {
  const known = new Map<Key, string>()
  return (key) => {
    const there = known.get(key)
    if (there !== undefined) return there
    if (known.size >= maxRemembered) known.clear()
    const text = make(key)
    known.set(key, text)
    return text
  }
}

const plain = /^[\w.:/ -]*$/
const quote = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text))

/**
 * Makes the function that writes one decision as CrowdSec's Local API does, with what is left of it at `nowMs`.
 * Hot with a large block list (bench: `npm run bench:lapi`): half a million in one answer.
 */
export function decisionRenderer(
  nowMs: number,
  scopeName: (scope: StoredDecision['scope']) => string = crowdsecScope,
): (decision: StoredDecision) => string {
  const word = remembering<string>(quote)
  const left = remembering<number>((untilMs) => formatGoDuration(untilMs - nowMs))
  const end = remembering<number>((untilMs) => new Date(untilMs).toISOString())
  return (decision) =>
    `{"id":${decision.id},"uuid":${quote(decision.uuid)},"origin":${word(decision.origin)},"type":${word(decision.type)},"scope":"${scopeName(decision.scope)}","value":${quote(decision.value)},"duration":"${left(decision.untilMs)}","until":"${end(decision.untilMs)}","scenario":${word(decision.scenario)},"simulated":${String(decision.simulated)}}`
}

/**
 * The same without what CrowdSec leaves out of its stream (the absolute end, and `simulated`, which no streamed
 * decision is): a fourth less to send.
 */
export function streamRenderer(nowMs: number): (decision: StoredDecision) => string {
  const word = remembering<string>(quote)
  const left = remembering<number>((untilMs) => formatGoDuration(untilMs - nowMs))
  return (decision) =>
    `{"duration":"${left(decision.untilMs)}","id":${decision.id},"origin":${word(decision.origin)},"scenario":${word(decision.scenario)},"scope":"${crowdsecScope(decision.scope)}","type":${word(decision.type)},"uuid":${quote(decision.uuid)},"value":${quote(decision.value)}}`
}
