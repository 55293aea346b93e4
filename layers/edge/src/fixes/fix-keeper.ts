import type { EventBuilder, EventDraft } from '@sevenfold/event'
import type { Logger } from '@sevenfold/layer'
import { decodeFixes, fixText, isInForce } from './fix.ts'
import type { AllowFix, ExclusionFix, Fix } from './fix.ts'
import { fixDigest, readFixState, readFixText, writeFixState } from './fix-file.ts'

/** What keeping the fixes needs. */
export interface FixKeeperOptions {
  /** Data folder of the edge. */
  readonly folder: string
  readonly now: () => number
  readonly log: Logger
  readonly events: EventBuilder
  readonly emit: (draft: EventDraft) => void
  /** Puts fixes in force everywhere; resolves with what went wrong, empty when nothing did. Must not reject. */
  readonly apply: (fixes: InForce) => Promise<readonly string[]>
}

/** The fixes of one moment. */
export interface InForce {
  readonly exclusions: readonly ExclusionFix[]
  readonly allows: readonly AllowFix[]
}

function split(fixes: readonly Fix[]): InForce {
  return {
    exclusions: fixes.filter((fix) => fix.kind === 'exclusion'),
    allows: fixes.filter((fix) => fix.kind === 'allow'),
  }
}

/**
 * Follows the file of fixes: what it adds comes in force, what it takes back or what has ended goes out of force, and
 * each of these is an event. A faulty file changes nothing. The edge never writes the file itself.
 */
export class FixKeeper {
  /** In force now; a new worker starts with them. */
  current: InForce = { exclusions: [], allows: [] }
  private readonly options: FixKeeperOptions
  /** Everything in the last good file, also what has ended. */
  private fixes: readonly Fix[] = []
  private digest = ''
  /** Digest of the file that was answered last. */
  private answered: string
  private inForce: ReadonlySet<string>
  private problem = ''
  private busy = false

  constructor(options: FixKeeperOptions) {
    this.options = options
    // What was in force before a restart is not reported as new again.
    const state = readFixState(options.folder)
    this.inForce = new Set(state?.ids)
    this.answered = state?.digest ?? ''
  }

  /** Reads the file before the first worker starts. */
  load(): void {
    this.read()
    this.current = split(this.due())
  }

  /** Looks once whether something changed. Does nothing while the last change is still on its way. */
  async look(): Promise<void> {
    if (this.busy) return
    this.busy = true
    try {
      const changed = this.read() || this.digest !== this.answered
      const due = this.due()
      const same = due.length === this.inForce.size && due.every(({ id }) => this.inForce.has(id))
      if (changed || !same) await this.put(due)
    } finally {
      this.busy = false
    }
  }

  private due(): readonly Fix[] {
    const now = this.options.now()
    return this.fixes.filter((fix) => isInForce(fix, now))
  }

  /** True when the file is another one than before, whether it can be used or not. */
  private read(): boolean {
    let digest = 'unreadable'
    try {
      const text = readFixText(this.options.folder)
      digest = fixDigest(text)
      if (digest === this.digest) return false
      this.fixes = text === undefined ? [] : decodeFixes(text)
      this.problem = ''
    } catch (error) {
      if (digest === this.digest) return false
      this.problem = error instanceof Error ? error.message : String(error)
      this.options.log.error('fixes-refused', { error })
      this.emitNotice(`the file of fixes is refused as a whole: ${this.problem}`)
    }
    this.digest = digest
    return true
  }

  private async put(due: readonly Fix[]): Promise<void> {
    this.current = split(due)
    const problems = await this.options.apply(this.current)
    if (problems.length > 0) this.emitNotice(`a fix cannot be used: ${problems.join('; ')}`)
    const before = this.inForce
    this.inForce = new Set(due.map(({ id }) => id))
    this.report(before)
    this.answered = this.digest
    try {
      const problem = [this.problem, ...problems].filter(Boolean).join('; ')
      writeFixState(this.options.folder, { digest: this.digest, ids: [...this.inForce], problem })
    } catch (error) {
      this.options.log.error('fixes-not-acknowledged', { error })
    }
  }

  private report(before: ReadonlySet<string>): void {
    const byId = new Map(this.fixes.map((fix) => [fix.id, fix]))
    for (const id of this.inForce) {
      const fix = byId.get(id)
      if (fix !== undefined && !before.has(id)) this.emit('fix', fix, fix.actor)
    }
    for (const id of before) {
      if (this.inForce.has(id)) continue
      const fix = byId.get(id)
      if (fix?.removed !== undefined) this.emit('fix-removed', fix, fix.removed.actor)
      else if (fix !== undefined) this.emit('fix-ended', fix, 'edge')
      else this.emitNotice(`fix ${id} is gone from the file`)
    }
  }

  private emit(op: string, fix: Fix, actor: string): void {
    const { events, emit, log } = this.options
    const act = {
      op,
      actor,
      to: `${fix.id}: ${fixText(fix)}`,
      reason: `${fix.reason} (request ${fix.request})`,
    }
    const draft = events.admin(act, 'success')
    emit(fix.kind === 'allow' ? draft : { ...draft, sevenfold: { ...draft.sevenfold, site: fix.site } })
    log.info(op, { id: fix.id, actor })
  }

  private emitNotice(text: string): void {
    this.options.emit(this.options.events.notice('fix-problem', text, 60))
  }
}
