/** Where a writing process stands. */
export type HeartbeatState =
  | { readonly kind: 'alive' }
  /** Beats are missing: ask others to probe it before anybody is woken. */
  | { readonly kind: 'suspect'; readonly sinceMs: number }
  /** Beats are missing here, but others reach it: the way here is broken. */
  | { readonly kind: 'unreachable'; readonly sinceMs: number }
  | { readonly kind: 'dark'; readonly sinceMs: number }

/** How long silence is borne, in milliseconds. */
export interface HeartbeatLimits {
  readonly intervalMs: number
  readonly suspectAfterMs: number
  /** Dark without a word from any probe. */
  readonly darkAfterMs: number
  /** A probe that succeeded speaks for this long. */
  readonly probeHoldsMs: number
}

/** Beats every 10 s: suspect when the third is overdue, dark when the fourth is. */
export const defaultHeartbeatLimits: HeartbeatLimits = {
  intervalMs: 10_000,
  suspectAfterMs: 32_000,
  darkAfterMs: 42_000,
  probeHoldsMs: 30_000,
}

interface Watched {
  lastBeatMs: number
  lastProbeMs: number
}

/**
 * Suspicion by missing beats with indirect probes (SWIM, section 4.1–4.2: ask k others before suspecting). Time comes
 * with each call.
 */
export class HeartbeatWatch {
  readonly #limits: HeartbeatLimits
  readonly #agents = new Map<string, Watched>()

  constructor(limits: HeartbeatLimits = defaultHeartbeatLimits) {
    this.#limits = limits
  }

  /** A verified beat arrived. Older ones than the last change nothing. */
  beat(agent: string, timeMs: number): void {
    const watched = this.#agents.get(agent)
    if (watched === undefined) this.#agents.set(agent, { lastBeatMs: timeMs, lastProbeMs: -Infinity })
    else watched.lastBeatMs = Math.max(watched.lastBeatMs, timeMs)
  }

  /** Another part reached the agent's probe and got a valid answer. */
  probed(agent: string, timeMs: number): void {
    const watched = this.#agents.get(agent)
    if (watched !== undefined) watched.lastProbeMs = Math.max(watched.lastProbeMs, timeMs)
  }

  /** Planned end: nobody is missed. */
  forget(agent: string): void {
    this.#agents.delete(agent)
  }

  /** Where an agent stands now; unknown agents are alive until they have spoken once. */
  state(agent: string, nowMs: number): HeartbeatState {
    const watched = this.#agents.get(agent)
    if (watched === undefined) return { kind: 'alive' }
    const silentMs = nowMs - watched.lastBeatMs
    if (silentMs < this.#limits.suspectAfterMs) return { kind: 'alive' }
    const sinceMs = watched.lastBeatMs
    if (nowMs - watched.lastProbeMs <= this.#limits.probeHoldsMs) return { kind: 'unreachable', sinceMs }
    return { kind: silentMs < this.#limits.darkAfterMs ? 'suspect' : 'dark', sinceMs }
  }

  /** Agents that are not alive, with their state. */
  missing(nowMs: number): readonly { readonly agent: string; readonly state: HeartbeatState }[] {
    return [...this.#agents.keys()]
      .map((agent) => ({ agent, state: this.state(agent, nowMs) }))
      .filter(({ state }) => state.kind !== 'alive')
  }
}
