import type { MatchReport } from '@sevenfold/event'
import type { BlockRecord, RequestEvents, RequestRecord } from './request-record.ts'

/** What is told of the steps that stopped a request, or would have. */
export class BlockReports {
  /** The last of them. */
  last: BlockRecord | null = null
  private readonly events: RequestEvents
  private readonly request: RequestRecord
  /** Those that wait for the status that is really sent. */
  private untold: BlockRecord[] | null = null

  constructor(events: RequestEvents, request: RequestRecord) {
    this.events = events
    this.request = request
  }

  /** Adds one; `report` is that of the inspection, where it was the one to stop the request. */
  add(block: BlockRecord, report: MatchReport | null): void {
    this.last = report === null ? block : { ...block, report }
    if (block.verdict === 'block') {
      this.tell()
      this.events.block(this.request, this.last)
    } else if (this.request.status === 0) this.hold(this.last)
    else this.events.block(this.request, this.last)
  }

  /** Keeps one back until the status is known; it is not what stopped the request. */
  hold(block: BlockRecord): void {
    ;(this.untold ??= []).push(block)
  }

  /** The status is known, or there is none: what would have been refused can be told. Hot: usually there is nothing. */
  tell(): void {
    const { untold } = this
    if (untold === null) return
    this.untold = null
    for (const block of untold) this.events.block(this.request, block)
  }
}
