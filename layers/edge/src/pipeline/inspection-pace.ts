/** Work that a client gets at once; only what is beyond waits. Ordinary requests stay far below. */
const freeMs = 10
/** For each millisecond of work beyond it a client waits so many: others then have most of the worker. */
const waitPerMs = 3
/** Longest single wait; what is owed beyond it is forgiven, so that no request hangs. */
const longestWaitMs = 50
/** A client whose work was paid is forgotten when so many are known. */
const maxClients = 10_000

interface Account {
  /** Work that was not waited for yet, milliseconds; what is below `freeMs` is free. */
  owedMs: number
  atMs: number
}

/**
 * Charges the inspection's work to the client that caused it. A client that makes it work hard waits between slices,
 * by itself: however many connections it opens, it gets about a quarter of a worker, and the others the rest.
 */
export class InspectionPace {
  private readonly clients = new Map<string, Account>()

  /** Charges work; gives how long the client has to wait before its next slice, milliseconds, 0 for not at all. */
  charge(client: string, workMs: number, nowMs: number): number {
    const account = this.accountOf(client, nowMs)
    account.owedMs += workMs * (1 + waitPerMs)
    const waitMs = account.owedMs - freeMs * (1 + waitPerMs)
    return waitMs <= 0 ? 0 : Math.min(longestWaitMs, waitMs)
  }

  private accountOf(client: string, nowMs: number): Account {
    const known = this.clients.get(client)
    if (known === undefined) {
      if (this.clients.size >= maxClients) this.forget(nowMs)
      const fresh = { owedMs: 0, atMs: nowMs }
      this.clients.set(client, fresh)
      return fresh
    }
    // Time that passes pays: a millisecond for a millisecond.
    const mostOwed = freeMs * (1 + waitPerMs) + longestWaitMs
    known.owedMs = Math.max(0, Math.min(mostOwed, known.owedMs) - (nowMs - known.atMs))
    known.atMs = nowMs
    return known
  }

  private forget(nowMs: number): void {
    for (const [client, { owedMs, atMs }] of this.clients)
      if (owedMs <= nowMs - atMs) this.clients.delete(client)
    // All of them owe: an attack from thousands of addresses, against which no pace of one helps.
    if (this.clients.size >= maxClients) this.clients.clear()
  }
}
