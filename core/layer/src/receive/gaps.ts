import { isDeclared } from './agents.ts'
import type { AgentTrack, OpenGap } from './agents.ts'
import type { ReceiverCore } from './receiver-core.ts'

/** A gap in `high` that is not declared after this long is reported as undeclared, in milliseconds. */
export const gapGraceMs = 30_000
/** Gaps of one writer that wait for a declaration; more are reported at once. */
export const maxOpenGaps = 64

function report(core: ReceiverCore, agent: AgentTrack, gap: OpenGap): void {
  const { epoch, lane, first, last } = gap
  const place = { agent: agent.id, epoch, lane, first, last }
  if (isDeclared(agent, lane, gap))
    core.report({ kind: 'declared-gap', message: 'events are lost and the writer said so', ...place })
  else core.report({ kind: 'gap', message: 'events are missing and no loss is declared', ...place })
}

/** Reports the gaps that are declared by now, and those that waited too long. */
export function settleGaps(core: ReceiverCore, agent: AgentTrack): void {
  if (agent.gaps.length === 0) return
  const now = core.clock.monotonicMs()
  const isSettled = (gap: OpenGap): boolean =>
    now - gap.sinceMs >= gapGraceMs || isDeclared(agent, gap.lane, gap)
  const settled = agent.gaps.filter(isSettled)
  agent.gaps = agent.gaps.filter((gap) => !isSettled(gap))
  for (const gap of settled) report(core, agent, gap)
}

/**
 * Notes a gap. A loss in `low` is declared in `high` before the gap is seen; a loss in `high` itself can only be
 * declared after it, and gets time for that.
 */
export function noteGap(core: ReceiverCore, agent: AgentTrack, gap: OpenGap): void {
  if (gap.lane === 'high' && agent.gaps.length < maxOpenGaps) agent.gaps.push(gap)
  else report(core, agent, gap)
}
