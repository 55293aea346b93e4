import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EdgeConfig } from '@sevenfold/config'
import type { EventBuilder, EventDraft } from '@sevenfold/event'
import { writeAtomic } from '@sevenfold/layer'

/** How often the time is noted until which the judgement was served, milliseconds. */
export const absenceNoteMs = 5000

/** What a watch works with. */
export interface AbsenceOptions {
  /** `data/edge`. */
  readonly dataDir: string
  readonly now: () => number
  readonly events: EventBuilder
  readonly emit: (draft: EventDraft) => void
}

/**
 * Another proxy that asks us goes on without us, as it was told: refusing, or passing everything. Nobody can report
 * that while we are away; so the time of our last presence is noted, and the next start says how long we were missing.
 */
export class AbsenceWatch {
  private readonly options: AbsenceOptions
  private timer: NodeJS.Timeout | null = null

  constructor(options: AbsenceOptions) {
    this.options = options
  }

  /** The judgement is served from now on, for these proxies. */
  start({ beside }: Pick<EdgeConfig, 'beside'>): void {
    if (beside.length === 0) return
    const since = this.noted()
    if (since > 0) this.report(since, beside)
    this.note()
    this.timer ??= setInterval(() => this.note(), absenceNoteMs)
  }

  stop(): void {
    if (this.timer === null) return
    clearInterval(this.timer)
    this.timer = null
    this.note()
  }

  private get path(): string {
    return join(this.options.dataDir, 'judged-until')
  }

  private noted(): number {
    try {
      const time = Number(readFileSync(this.path, 'utf8'))
      return Number.isSafeInteger(time) ? time : 0
    } catch {
      return 0 // the first start
    }
  }

  private note(): void {
    try {
      writeAtomic(this.path, String(Math.round(this.options.now())))
    } catch {
      // A full disk: the next start then reports a longer absence than there was.
    }
  }

  private report(since: number, beside: EdgeConfig['beside']): void {
    const { events, emit, now } = this.options
    const passed = [
      ...new Set(beside.filter(({ onDeadEdge }) => onDeadEdge === 'pass').map(({ site }) => site)),
    ]
    const outcome =
      passed.length === 0
        ? 'requests were refused meanwhile'
        : `requests of ${passed.join(', ')} passed unjudged meanwhile`
    const [from, to] = [since, now()].map((ms) => new Date(ms).toISOString())
    const text = `no judgement was served to other proxies from ${from} to ${to}: ${outcome}`
    emit(events.notice('judgement-absent', text, passed.length === 0 ? 40 : 80))
  }
}
