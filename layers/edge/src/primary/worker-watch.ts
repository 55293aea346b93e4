/** How often a worker gives a sign of life, milliseconds. */
export const signMs = 500
/** How often silence is looked for, milliseconds. */
export const lookMs = 500

/** What the watch needs. */
export interface WorkerWatchOptions<Worker> {
  readonly monotonicMs: () => number
  /** Called once for a worker that was silent for too long. */
  readonly onSilent: (worker: Worker, silentMs: number) => void
}

/**
 * Notices workers that hang: a process whose event loop stands still keeps its connections and answers nobody, and does
 * not end by itself. It can only be known by its silence.
 */
export class WorkerWatch<Worker> {
  /** Longest silence, milliseconds. */
  longestMs: number = Number.POSITIVE_INFINITY
  private readonly options: WorkerWatchOptions<Worker>
  private readonly heardAt = new Map<Worker, number>()
  private lookedAt: number
  private timer: NodeJS.Timeout | null = null

  constructor(options: WorkerWatchOptions<Worker>) {
    this.options = options
    this.lookedAt = options.monotonicMs()
  }

  /** A worker that serves gave a sign of life; from the first one on it is watched. */
  heard(worker: Worker): void {
    this.heardAt.set(worker, this.options.monotonicMs())
    this.timer ??= setInterval(() => this.look(), lookMs).unref()
  }

  /** A worker ended or leaves: it may be silent now. */
  forget(worker: Worker): void {
    this.heardAt.delete(worker)
  }

  /** Looks for silence; called every `lookMs`. */
  look(): void {
    const now = this.options.monotonicMs()
    const pausedMs = now - this.lookedAt - lookMs
    this.lookedAt = now
    if (pausedMs > lookMs) {
      // This process stood still itself (or the whole machine did), and what it was told meanwhile is still unread.
      for (const worker of this.heardAt.keys()) this.heardAt.set(worker, now)
      return
    }
    for (const [worker, at] of this.heardAt) {
      if (!(now - at > this.longestMs)) continue
      this.heardAt.delete(worker)
      this.options.onSilent(worker, now - at)
    }
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer)
    this.timer = null
    this.heardAt.clear()
  }
}
