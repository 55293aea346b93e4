import { encodeLine, maxLineBytes, sealDraft } from '@sevenfold/event'
import type { EventDraft, Lane, Loss } from '@sevenfold/event'
import { admits, pressureOf } from './admission.ts'
import type { Pressure } from './admission.ts'
import { maxPendingCharacters } from './lane-writer.ts'
import { lossDraft } from './own-events.ts'
import type { SpoolState } from './spool-state.ts'
import type { Spool } from './spool.ts'

/** Cheap check of a line: one line, not too long. Three bytes a code unit is the most that UTF-8 can need. */
function isLine(text: string): boolean {
  const fits = text.length * 3 <= maxLineBytes || Buffer.byteLength(text) <= maxLineBytes
  return fits && text !== '' && !text.includes('\n')
}

function pressure(state: SpoolState): Pressure {
  const memory = state.writers.high.fill()
  // What waits in memory is on disk soon: it counts there too, else a burst would overshoot a small budget.
  const waiting = (memory * maxPendingCharacters) / state.budget.highBytes
  return pressureOf(state.diskShare + waiting, memory)
}

/** Gives up the next sequence of a lane and remembers to declare it. */
function lose(state: SpoolState, lane: Lane): void {
  const writer = state.writers[lane]
  const sequence = writer.next()
  writer.skip()
  const reason: Loss['reason'] = state.diskFull ? 'disk-full' : 'overflow'
  state.losses.add(lane, { first: sequence, last: sequence, count: 1 }, reason)
  state.metrics.lost.inc(1, { lane, reason })
}

/** Remembers a range of lost events, to declare it. */
export function declare(
  state: SpoolState,
  lane: Lane,
  range: { first: number; last: number; count: number; reason: Loss['reason'] },
): void {
  state.losses.add(lane, range, range.reason)
  state.metrics.lost.inc(range.count, { lane, reason: range.reason })
}

/** Queues a line; hot path: no closure and no label object is made here. */
function push(state: SpoolState, lane: Lane, text: string): void {
  if (!isLine(text)) {
    state.metrics.refused.inc()
    return
  }
  state.writers[lane].push(text)
  state.metrics.events[lane].inc()
}

function onHost(state: SpoolState, draft: EventDraft): EventDraft {
  const { host } = state.options
  return host === undefined ? draft : { ...draft, host: { ...draft.host, name: host } }
}

/** Queues a draft past admission and folding. */
export function pushDraft(state: SpoolState, draft: EventDraft): void {
  const { lane } = draft.sevenfold
  const writer = state.writers[lane]
  if (writer.fill() >= 1) lose(state, lane)
  else push(state, lane, encodeLine(sealDraft(onHost(state, draft), state.agent, writer.next())))
}

function unusable(state: SpoolState, error: unknown): void {
  // A draft that cannot become JSON is a bug of the caller; the request that it tells of goes on.
  state.metrics.refused.inc()
  state.options.log.error('spool-event-unusable', { error })
}

/** Queues a draft: `Spool.append`. */
export function append(state: SpoolState, draft: EventDraft): void {
  try {
    if (state.closed) state.metrics.refused.inc()
    else if (draft.sevenfold.lane === 'low') pushDraft(state, draft)
    else appendHigh(state, draft)
  } catch (error) {
    unusable(state, error)
  }
}

function appendHigh(state: SpoolState, draft: EventDraft): void {
  const level = pressure(state)
  if (!state.fold.admit(draft, level !== 'normal')) state.metrics.folded.inc()
  else if (admits(level, draft)) pushDraft(state, draft)
  else lose(state, 'high')
}

/** Queues a prebuilt line: `Spool.appendLine`. */
export function appendLine(state: SpoolState, lane: Lane, line: Parameters<Spool['appendLine']>[1]): void {
  try {
    const to = lane === 'high' && pressure(state) !== 'normal' ? 'low' : lane
    const writer = state.writers[to]
    if (state.closed) state.metrics.refused.inc()
    else if (writer.fill() >= 1) lose(state, to)
    else push(state, to, line(writer.next(), state.agentJson, to))
  } catch (error) {
    unusable(state, error)
  }
}

/** Queues the counted event of a fold window. */
export function emitCounted(state: SpoolState, draft: EventDraft): void {
  try {
    pushDraft(state, draft)
  } catch (error) {
    unusable(state, error)
  }
}

/** Declares losses in the high lane, past its admission: they are few, and they explain gaps. */
export function declareLosses(state: SpoolState): void {
  if (state.losses.isEmpty() || state.writers.high.fill() >= 1) return
  const now = state.options.clock.now()
  for (const loss of state.losses.take()) pushDraft(state, lossDraft(state.options.agentId, now, loss))
}
