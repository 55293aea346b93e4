import type { Clock, Timer } from '../clock/clock.ts'
import { maxBlockBytes, maxBlockLines } from './block.ts'
import type { LaneStore } from './lane-store.ts'

/** Longest time that an event waits in memory before its block is written, in milliseconds. */
export const blockIntervalMs = 200
/** Wait before a failed write is tried again, in milliseconds. */
export const retryIntervalMs = 1000
/** Text kept in memory per lane while the disk is slow or full, in characters. Beyond it new events are lost, and declared. */
export const maxPendingCharacters = 8_388_608

interface PendingBlock {
  readonly first: number
  readonly lines: string[]
  characters: number
}

/** What a lane writer needs. */
export interface LaneWriterOptions {
  readonly store: LaneStore
  readonly clock: Clock
  /** New blocks are on disk. */
  readonly onDurable: () => void
  /** A block could not be written and stays in memory; true: space was made, try again at once. */
  readonly onWriteError: (error: unknown) => boolean
}

/** Queue in memory before a lane's store: gives sequences, makes blocks, writes them one after another. */
export interface LaneWriter {
  /** Sequence that the next line will have. */
  next(): number
  /** Share of the memory for waiting lines in use; from 1 on `push` must not be called. */
  fill(): number
  /** Queues the line of sequence `next()`. */
  push(line: string): void
  /** Gives up the next sequence: the event that should have it is lost. */
  skip(): void
  /** Writes everything queued; resolves also when that fails and the lines are kept. */
  flush(): Promise<void>
  /** Events in memory only. */
  pending(): number
  close(): void
}

interface State {
  readonly options: LaneWriterOptions
  readonly blocks: PendingBlock[]
  open: PendingBlock | undefined
  next: number
  characters: number
  lines: number
  timer: Timer | undefined
  writing: Promise<void> | undefined
  closed: boolean
}

function seal(state: State): void {
  if (state.open === undefined) return
  state.blocks.push(state.open)
  state.open = undefined
}

function arm(state: State, ms: number): void {
  if (state.timer !== undefined || state.closed) return
  state.timer = state.options.clock.after(ms, () => {
    state.timer = undefined
    void writeQueued(state) // never rejects
  })
}

/** Writes until nothing is queued or a write fails. One at a time. */
function writeQueued(state: State): Promise<void> {
  state.writing ??= drain(state).finally(() => {
    state.writing = undefined
    if (state.blocks.length > 0) arm(state, retryIntervalMs)
    else if (state.open !== undefined) arm(state, blockIntervalMs)
  })
  return state.writing
}

async function drain(state: State): Promise<void> {
  seal(state)
  for (let block = state.blocks[0]; block !== undefined; block = state.blocks[0]) {
    try {
      await state.options.store.append(block.first, block.lines)
    } catch (error) {
      if (state.options.onWriteError(error)) continue
      return
    }
    state.blocks.shift()
    state.characters -= block.characters
    state.lines -= block.lines.length
    state.options.onDurable()
  }
}

function push(state: State, line: string): void {
  const block = (state.open ??= { first: state.next, lines: [], characters: 0 })
  block.lines.push(line)
  block.characters += line.length
  state.characters += line.length
  state.lines += 1
  state.next += 1
  if (block.characters >= maxBlockBytes / 2 || block.lines.length >= maxBlockLines) {
    seal(state)
    void writeQueued(state) // never rejects; a busy writer takes the sealed block next
  } else arm(state, blockIntervalMs)
}

/** A writer that continues after the store's head. */
export function createLaneWriter(options: LaneWriterOptions): LaneWriter {
  const state: State = {
    options,
    blocks: [],
    open: undefined,
    next: options.store.head().sequence + 1,
    characters: 0,
    lines: 0,
    timer: undefined,
    writing: undefined,
    closed: false,
  }
  return {
    next: () => state.next,
    fill: () => (state.closed ? 1 : state.characters / maxPendingCharacters),
    push: (line) => push(state, line),
    skip: () => {
      seal(state)
      state.next += 1
    },
    flush: async () => {
      if (state.writing !== undefined) await state.writing // it may have sealed before the caller's last line
      if (state.open !== undefined || state.blocks.length > 0) await writeQueued(state)
    },
    pending: () => state.lines,
    close: () => {
      state.closed = true
      state.timer?.cancel()
      state.timer = undefined
    },
  }
}
