import { prefixOf } from '../challenge/prefix-of.ts'

/** Work that a client gets at once; only what is beyond waits. Ordinary requests stay far below. */
export const freeMs = 10
/**
 * For each millisecond of work beyond it a client waits so many, while others are there: requests of theirs that come
 * upon its work, or on the garbage of it, then are too few to be felt in the 99th of a hundred.
 */
const waitPerMs = 15
/** Longest single wait; what is owed beyond it is forgiven, so that no request hangs. */
const longestWaitMs = 50
/** A client whose work was paid is forgotten when so many are known. */
const maxClients = 10_000
/** A client has the worker for itself when no other made it work for so long. */
const aloneMs = 1000
/** Time after which work counts a third of what it did when it is asked whose it was. */
const memoryMs = 1000

const free = freeMs * (1 + waitPerMs)

interface Account {
  /** Work that was not waited for yet, milliseconds; what is below `free` is free. */
  owedMs: number
  atMs: number
}

/** Who pays for the work that a request makes: its address, of IPv6 the network that one host can choose from. */
export function payer(address: string): string {
  return address.includes(':') ? prefixOf(address) : address
}

/**
 * Charges the inspection's work to the client that caused it. A client that makes it work hard while others are there
 * has to rest between slices: however many connections it opens, it gets about a sixteenth of a worker.
 */
export class InspectionPace {
  private readonly clients = new Map<string, Account>()
  private last = { client: '', atMs: Number.NEGATIVE_INFINITY }
  /** Latest work of any client but the last one. */
  private otherAtMs = Number.NEGATIVE_INFINITY
  /** Recent work of all clients, and of those that owed; milliseconds, fading. */
  private allMs = 0
  private heavyMs = 0
  private fadedAtMs = 0

  /**
   * Charges work. Without `owes` it is only noted whose it was: short requests are what a client may send many of (an
   * office, another proxy), and rate limits are there for them.
   */
  charge(client: string, workMs: number, nowMs: number, owes = true): void {
    const account = this.accountOf(client, nowMs)
    const owedMs = owes ? workMs * (1 + waitPerMs) : 0
    account.owedMs = Math.min(free + longestWaitMs, account.owedMs + owedMs)
    if (client !== this.last.client) {
      this.otherAtMs = this.last.atMs
      this.last.client = client
    }
    this.last.atMs = nowMs
    this.fade(nowMs)
    this.allMs += workMs
    if (account.owedMs > free) this.heavyMs += workMs
  }

  /** How long the client has to wait before its next slice, milliseconds; 0 also while nobody else is there. */
  restMs(client: string, nowMs: number): number {
    const owedMs = this.owed(client, nowMs) - free
    if (owedMs <= 0) return 0
    const otherAtMs = client === this.last.client ? this.otherAtMs : this.last.atMs
    return nowMs - otherAtMs > aloneMs ? 0 : owedMs
  }

  /** True for a client that used up more than what is free. */
  isHeavy(client: string, nowMs: number): boolean {
    return this.owed(client, nowMs) > free
  }

  /** Share of the work of the last seconds that was made for heavy clients, 0 to 1. */
  heavyShare(nowMs: number): number {
    this.fade(nowMs)
    return this.allMs < 1 ? 0 : this.heavyMs / this.allMs
  }

  private fade(nowMs: number): void {
    const left = Math.exp((this.fadedAtMs - nowMs) / memoryMs)
    this.fadedAtMs = nowMs
    this.allMs *= left
    this.heavyMs *= left
  }

  // Time that passes pays: a millisecond for a millisecond.
  private owed(client: string, nowMs: number): number {
    const known = this.clients.get(client)
    return known === undefined ? 0 : known.owedMs - (nowMs - known.atMs)
  }

  private accountOf(client: string, nowMs: number): Account {
    const known = this.clients.get(client)
    if (known === undefined) {
      if (this.clients.size >= maxClients) this.forget(nowMs)
      const fresh = { owedMs: 0, atMs: nowMs }
      this.clients.set(client, fresh)
      return fresh
    }
    known.owedMs = Math.max(0, this.owed(client, nowMs))
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
