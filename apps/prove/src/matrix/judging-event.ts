import type { Decision, EventDraft, ProofColumn } from '@sevenfold/event'
import { layerNames } from '@sevenfold/event'

/** What the proof takes from an event: who judged, how, and by which names the judged request can be known. */
export interface JudgingEvent {
  readonly column: ProofColumn
  readonly verdict: 'stopped' | 'detected'
  /** Milliseconds since 1970. */
  readonly at: number
  readonly address: string | undefined
  /** Trace and request ids. */
  readonly traces: readonly string[]
  /** Step, rule or scenario, for the reader of a single cell. */
  readonly reason: string
}

type Known = Partial<
  Pick<EventDraft, 'sevenfold' | 'source' | 'trace' | 'http' | 'rule' | '@timestamp' | 'event'>
>

function columnOf(layer: string): ProofColumn {
  return layerNames.find((name) => name === layer) ?? 'backbone'
}

function addressOf(event: Known, decision: Decision | undefined): string | undefined {
  const isAddress = decision?.scope === 'ip'
  return isAddress ? decision?.value : event.source?.ip
}

/**
 * Reads one event; undefined when it judges nothing. A refusal by the step `ban` is the work of detection, which
 * made the decision; the edge only carries it out. The backbone detects, it never stops.
 */
export function judgingEvent(event: Known): JudgingEvent | undefined {
  const { sevenfold } = event
  if (sevenfold === undefined) return undefined
  const { kind, judgement, decision } = sevenfold
  const isDecision = kind === 'decision' && event.event?.action === 'decision-add'
  if (kind !== 'block' && kind !== 'detection' && !isDecision) return undefined
  const column = judgement?.step === 'ban' ? 'detection' : columnOf(sevenfold.layer)
  const isStop = kind === 'block' && judgement?.verdict === 'block' && column !== 'backbone'
  const traces = [event.trace?.id, event.http?.request?.id].filter((id) => id !== undefined)
  const rules = judgement?.rules?.slice(0, 3).join(' ')
  return {
    column,
    verdict: isStop ? 'stopped' : 'detected',
    at: Date.parse(event['@timestamp'] ?? ''),
    address: addressOf(event, decision),
    traces,
    reason: [judgement?.step ?? event.rule?.name ?? decision?.scenario ?? kind, rules ?? ''].join(' ').trim(),
  }
}
