import type { RequestHead } from '../http/request-head.ts'
import type { BlockRecord, RequestEvents, RequestRecord } from '../pipeline/request-record.ts'

/** Passes reports on, and remembers what stopped a request: the answer alone does not say it. */
export class BlockNotes implements RequestEvents {
  private readonly events: RequestEvents
  private readonly blocks = new WeakMap<RequestHead, BlockRecord>()

  constructor(events: RequestEvents) {
    this.events = events
  }

  /** What stopped the request with this head; undefined when nothing did. */
  of(head: RequestHead): BlockRecord | undefined {
    return this.blocks.get(head)
  }

  access(record: RequestRecord): void {
    this.events.access(record)
  }

  block(record: RequestRecord, block: BlockRecord): void {
    if (block.verdict === 'block' && record.head !== null) this.blocks.set(record.head, block)
    this.events.block(record, block)
  }
}
