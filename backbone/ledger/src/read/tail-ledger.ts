import { logFolder } from '../log/log-folder.ts'
import { SegmentReader, oldestPosition } from '../segments/segment-reader.ts'
import { watchSegments } from '../segments/segment-watcher.ts'

/** How to tail. */
export interface TailOptions {
  /** How many of the newest entries come first; default all that are kept. */
  readonly last?: number
  /** Goes on with new entries until aborted. */
  readonly follow?: boolean
  readonly signal?: AbortSignal
}

/** One entry: its ledger index and its line. */
export interface TailEntry {
  readonly index: number
  readonly line: string
}

const pollMs = 1000

function nextChange(folder: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      watcher.close()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const watcher = watchSegments({ folder, pollMs, onChange: done })
    signal?.addEventListener('abort', done, { once: true })
  })
}

/** Entries of the log in `folder` (`data/ledger`) in order. The lines are as written by others: escape them before a terminal. */
export async function* tailLedger(folder: string, options: TailOptions = {}): AsyncGenerator<TailEntry> {
  const { segments } = logFolder(folder)
  const reader = new SegmentReader(segments, oldestPosition(segments))
  const newest: TailEntry[] = []
  let caughtUp = options.last === undefined
  try {
    while (options.signal?.aborted !== true) {
      const { lines, state } = await reader.read()
      const entries = lines.map(({ index, bytes }) => ({ index, line: Buffer.from(bytes).toString('utf8') }))
      if (caughtUp) yield* entries
      else newest.push(...entries)
      if (newest.length > (options.last ?? 0)) newest.splice(0, newest.length - (options.last ?? 0))
      if (lines.length > 0 || state === 'more') continue
      if (!caughtUp) yield* newest.splice(0)
      caughtUp = true
      if (options.follow !== true || state === 'damaged') return
      if (state === 'lost') await reader.seek(oldestPosition(segments))
      else await nextChange(segments, options.signal)
    }
  } finally {
    await reader.close()
  }
}
