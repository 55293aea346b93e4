import { decodeEvent } from '@sevenfold/event'
import { SegmentReader } from '@sevenfold/ledger/segments'
import { judgingEvent } from '../matrix/judging-event.ts'
import type { JudgingEvent } from '../matrix/judging-event.ts'

/** Collects judging events from the segments of a ledger as they grow. */
export interface JudgementReader {
  /** All judging events so far. */
  read(): Promise<readonly JudgingEvent[]>
  close(): Promise<void>
}

/** Reads the segments in `folder` (`data/ledger/segments`): the source of truth, whatever index is behind. */
export function createJudgementReader(folder: string): JudgementReader {
  const reader = new SegmentReader(folder)
  const found: JudgingEvent[] = []
  return {
    read: async () => {
      for (;;) {
        const { lines, state } = await reader.read()
        for (const { bytes } of lines) {
          const decoded = decodeEvent(Buffer.from(bytes).toString('utf8'))
          const event = decoded.ok ? judgingEvent(decoded.value) : undefined
          if (event !== undefined) found.push(event)
        }
        if (lines.length === 0 && state !== 'more') return [...found]
      }
    },
    close: () => reader.close(),
  }
}
