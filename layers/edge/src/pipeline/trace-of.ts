import type { TraceStep } from '@sevenfold/event'
import type { BanHit } from '../ban/ban-table.ts'
import type { UpstreamFailure } from '../upstream/upstream-failure.ts'
import type { BlockRecord } from './request-record.ts'

/** What a request left behind at each step. */
export interface TraceFacts {
  readonly blocked: BlockRecord | null
  readonly ban: BanHit | null
  /** Steps between ban and waf. */
  readonly guard: readonly TraceStep[]
  /** `off`, `pass`, or what the inspection decided. */
  readonly waf: string
  readonly failure: UpstreamFailure | null
  /** Which other proxy asked; empty when the edge itself forwards. */
  readonly beside: string
  readonly status: number
}

const guardSteps: ReadonlySet<string> = new Set(['rate', 'challenge', 'schema'])

function blockStep(block: BlockRecord): TraceStep {
  return { step: block.step, verdict: block.verdict, detail: block.rule }
}

function banStep(ban: BanHit | null): TraceStep {
  if (ban === null) return { step: 'ban', verdict: 'pass' }
  return { step: 'ban', verdict: ban.kind === 'allow' ? 'allow' : 'would-block', detail: ban.scenario }
}

/** What is seen of a request that another proxy asks about. */
export function seenBeside(kind: string): string {
  return kind === 'appsec' ? 'request with body, no response' : 'no body, no response'
}

/** Another proxy shows no answer, and most show no body: a pass says less there. */
function unseen({ beside, waf }: TraceFacts): Pick<TraceStep, 'detail'> {
  return beside === '' || waf === 'off' ? {} : { detail: seenBeside(beside) }
}

function upstreamStep(facts: TraceFacts): TraceStep {
  if (facts.beside !== '') return { step: 'upstream', verdict: 'left-to-proxy', detail: facts.beside }
  if (facts.failure !== null) return { step: 'upstream', verdict: 'failed', detail: facts.failure.code }
  return { step: 'upstream', verdict: facts.status === 0 ? 'none' : 'answered', detail: String(facts.status) }
}

/**
 * The steps that a request was taken through, in the fixed order: limits, ban, waf, upstream, response. A step that
 * ended the request is the last one. `sevenfold why` prints this.
 */
export function traceOf(facts: TraceFacts): readonly TraceStep[] {
  const { blocked } = facts
  const ended = blocked !== null && blocked.verdict === 'block' ? blocked.step : null
  if (blocked !== null && ended === 'limits') return [blockStep(blocked)]
  const steps: TraceStep[] = [{ step: 'limits', verdict: 'pass' }]
  if (blocked !== null && ended === 'ban') return [...steps, blockStep(blocked)]
  steps.push(banStep(facts.ban), ...facts.guard)
  if (facts.guard.at(-1)?.verdict === 'answered') return steps
  if (ended !== null && guardSteps.has(ended)) return steps
  if (blocked !== null && blocked.step === 'waf') steps.push(blockStep(blocked))
  else steps.push({ step: 'waf', verdict: facts.waf, ...unseen(facts) })
  if (ended === 'waf') return steps
  steps.push(upstreamStep(facts))
  if (blocked !== null && blocked.step === 'response') steps.push(blockStep(blocked))
  return steps
}
