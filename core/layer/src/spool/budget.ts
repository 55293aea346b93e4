import type { Lane, Loss } from '@sevenfold/event'
import { lanesInOrder } from './epoch-store.ts'
import type { EpochStore } from './epoch-store.ts'
import type { Positions } from './positions.ts'

/** Bytes on disk for both lanes together when nothing else is said. */
export const defaultSpoolBytes = 67_108_864
/** Smallest spool. */
export const minSpoolBytes = 1_048_576
// The high lane is what evidence is made of; the low lane is most of the bytes.
const highShare = 0.4

/** How much room a spool has. */
export interface Budget {
  readonly highBytes: number
  readonly lowBytes: number
  readonly segmentBytes: number
}

/** Splits a spool's bytes between its lanes. Segments are small enough that dropping one loses little. */
export function budgetOf(totalBytes: number): Budget {
  const total = Math.max(minSpoolBytes, totalBytes)
  const highBytes = Math.floor(total * highShare)
  const segmentBytes = Math.min(4_194_304, Math.max(32_768, Math.floor(total / 32)))
  return { highBytes, lowBytes: total - highBytes, segmentBytes }
}

/** What dropping needs. */
export interface DropContext {
  /** Oldest first. */
  readonly epochs: readonly EpochStore[]
  readonly positions: Positions
  readonly hasReceivers: boolean
  readonly declare: (
    lane: Lane,
    range: { first: number; last: number; count: number },
    reason: Loss['reason'],
  ) => void
}

/** Bytes of one lane over all epochs. */
export function laneBytes(epochs: readonly EpochStore[], lane: Lane): number {
  return epochs.reduce((sum, epoch) => sum + epoch.lanes[lane].bytes(), 0)
}

/**
 * Bytes of the high lane that no receiver has yet: what would be lost with this disk. What only a slow receiver holds
 * back does not count, and neither does a spool without receivers, whose oldest segments simply go.
 */
export function unsentHighBytes(context: DropContext): number {
  if (!context.hasReceivers) return 0
  let bytes = 0
  for (const { entry, lanes } of context.epochs) {
    const sent = context.positions.highest(entry.id, 'high')
    for (const segment of lanes.high.segments) if (segment.last > sent) bytes += segment.bytes
  }
  return bytes
}

/**
 * Drops the oldest closed segment of a lane and declares what of it some receiver does not have.
 * `onlyIfKept`: not unless at least one receiver has all of it, so that no evidence is lost everywhere.
 * @returns false when there is nothing that may be dropped.
 */
export function dropOldestSegment(
  context: DropContext,
  lane: Lane,
  options: { reason: Loss['reason']; onlyIfKept: boolean },
): boolean {
  for (const { entry, lanes } of context.epochs) {
    const store = lanes[lane]
    const segment = store.segments[0]
    if (segment === undefined || store.segments.length < 2) continue
    const kept = !context.hasReceivers || context.positions.highest(entry.id, lane) >= segment.last
    if (options.onlyIfKept && !kept) return false
    const first = Math.max(segment.first, context.positions.lowest(entry.id, lane) + 1)
    const { last } = segment
    store.dropOldest()
    if (context.hasReceivers && first <= last)
      context.declare(lane, { first, last, count: last - first + 1 }, options.reason)
    return true
  }
  return false
}

/** Removes segments that every receiver has. Without receivers nothing is acknowledged and only the budget bounds the spool. */
export function dropAcknowledged(context: DropContext): void {
  if (!context.hasReceivers) return
  for (const { entry, lanes } of context.epochs) {
    for (const lane of lanesInOrder) {
      const store = lanes[lane]
      const acknowledged = context.positions.lowest(entry.id, lane)
      while (store.segments.length > 1 && (store.segments[0]?.last ?? Infinity) <= acknowledged)
        store.dropOldest()
    }
  }
}

/** True when every receiver has everything of an epoch that is not the current one. */
export function isDelivered(context: DropContext, epoch: EpochStore): boolean {
  return (
    context.hasReceivers &&
    lanesInOrder.every(
      (lane) =>
        epoch.abandoned.has(lane) ||
        context.positions.lowest(epoch.entry.id, lane) >= epoch.lanes[lane].head().sequence,
    )
  )
}

/** Keeps both lanes within their budget. */
export function enforceBudget(context: DropContext, budget: Budget): void {
  while (laneBytes(context.epochs, 'low') > budget.lowBytes)
    if (!dropOldestSegment(context, 'low', { reason: 'overflow', onlyIfKept: false })) break
  while (laneBytes(context.epochs, 'high') > budget.highBytes)
    if (!dropOldestSegment(context, 'high', { reason: 'overflow', onlyIfKept: true })) break
}
