/** Bans within `logWindowMs` that an application's log alone can lead to; with more, all of them are taken back. */
export const maxLogBans = 20
export const logWindowMs = 60_000
/** How long such a log gets nobody banned after that. */
export const logClosedMs = 600_000
const maxLogs = 1_000

interface Log {
  sinceMs: number
  closedUntilMs: number
  ids: number[]
}

/** What a log may do now: ban, or take back what it did (it has just been closed), or nothing. */
export type LogVerdict =
  | { readonly kind: 'go' }
  | { readonly kind: 'close'; readonly takeBack: readonly number[] }
  | { readonly kind: 'closed' }

/**
 * What the logs of applications may do without the edge's word. Clients that go around the edge come one by one; a
 * host that was taken over writes whatever it likes into its log, so many bans at once are taken for forged.
 */
export class LogBudget {
  readonly #logs = new Map<string, Log>()

  #log(name: string, nowMs: number): Log {
    let log = this.#logs.get(name)
    if (log === undefined) {
      log = { sinceMs: nowMs, closedUntilMs: Number.NEGATIVE_INFINITY, ids: [] }
      if (this.#logs.size < maxLogs) this.#logs.set(name, log)
    }
    if (nowMs - log.sinceMs >= logWindowMs) {
      log.sinceMs = nowMs
      log.ids = []
    }
    return log
  }

  /** Asks for one more ban. */
  ask(name: string, nowMs: number): LogVerdict {
    const log = this.#log(name, nowMs)
    if (nowMs < log.closedUntilMs) return { kind: 'closed' }
    if (log.ids.length < maxLogBans) return { kind: 'go' }
    log.closedUntilMs = nowMs + logClosedMs
    const takeBack = log.ids
    log.ids = []
    return { kind: 'close', takeBack }
  }

  /** Notes a ban that was made. */
  note(name: string, id: number, nowMs: number): void {
    this.#log(name, nowMs).ids.push(id)
  }
}
