import type { Clock, Logger, Timer } from '@sevenfold/layer'
import type { Outbound } from '@sevenfold/outbound'
import type { DecisionStore } from '../../decisions/decision-store.ts'
import type { StoredDecision } from '../../decisions/stored-decision.ts'
import { feedOrigin } from '../feed-book.ts'
import { maxSignals } from './exchange-routes.ts'
import { isPublicAddress, maxSignalAgeMs, signSignal } from './signal.ts'

/** What a client of an exchange needs. */
export interface ShareClientOptions {
  /** Base address of the exchange. */
  readonly exchange: string
  /** Our name there. */
  readonly reporter: string
  readonly sign: (text: string) => string
  readonly store: DecisionStore
  readonly outbound: Outbound
  readonly clock: Clock
  readonly log: Logger
}

const everyMs = 10_000
const maxWaiting = 5_000

/** Tells an exchange of bans that our own scenarios made: not of those by hand, from feeds or only tried out. */
export class ShareClient {
  readonly #options: ShareClientOptions
  readonly #stopped = new AbortController()
  readonly #endListening: () => void
  #waiting: StoredDecision[] = []
  #timer: Timer | undefined
  #running: Promise<void> | undefined

  constructor(options: ShareClientOptions) {
    this.#options = options
    // What was decided shortly before a restart may not have been told; telling it twice changes nothing there.
    const oldest = options.clock.now() - maxSignalAgeMs
    this.#waiting = options.store
      .active()
      .filter((ban) => isShared(ban) && timeOf(ban.uuid) > oldest)
      .slice(-maxWaiting)
    this.#endListening = options.store.onChange(({ add }) => {
      const own = add.filter((ban) => isShared(ban))
      this.#waiting = [...this.#waiting, ...own].slice(-maxWaiting)
    })
    this.#schedule()
  }

  #schedule(): void {
    if (this.#stopped.signal.aborted) return
    this.#timer = this.#options.clock.after(everyMs, () => {
      this.#running = this.send().finally(() => this.#schedule())
    })
  }

  /** Sends what waits. Never throws: what could not be sent is tried again until it is too old to matter. */
  async send(): Promise<void> {
    const batch = this.#waiting.slice(0, maxSignals)
    if (batch.length === 0) return
    const { exchange, reporter, sign, outbound, log, clock } = this.#options
    const atMs = clock.now()
    const signals = batch.map(({ value, scenario }) =>
      signSignal({ v: 1, reporter, value, scenario: scenario.slice(0, 200), atMs }, sign),
    )
    try {
      const base = exchange.endsWith('/') ? exchange : `${exchange}/`
      const answer = await outbound.request(`${base}v1/exchange/signals`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ signals }),
        signal: this.#stopped.signal,
      })
      if (answer.status !== 200) throw new Error(`answered ${answer.status}`)
      // Not by their number: while they travelled, new ones may have pushed the oldest out.
      const told = new Set(batch)
      this.#waiting = this.#waiting.filter((ban) => !told.has(ban))
    } catch (error) {
      if (this.#stopped.signal.aborted) return
      log.warn('exchange-unreachable', { error })
      this.#waiting = this.#waiting.filter(({ uuid }) => clock.now() - timeOf(uuid) < maxSignalAgeMs)
    }
  }

  async stop(): Promise<void> {
    this.#endListening()
    this.#stopped.abort()
    this.#timer?.cancel()
    await this.#running
  }
}

function isShared(ban: StoredDecision): boolean {
  const isOwn =
    ban.origin !== feedOrigin &&
    ban.origin !== 'cscli' &&
    ban.origin !== 'cscli-import' &&
    ban.machine === undefined
  return isOwn && ban.type === 'ban' && ban.scope === 'ip' && !ban.simulated && isPublicAddress(ban.value)
}

/** The time in a UUID of version 7. */
const timeOf = (uuid: string): number => Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16)
