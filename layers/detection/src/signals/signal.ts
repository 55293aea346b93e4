import type { BehaviourEvent } from '@sevenfold/behaviour'

/**
 * Who vouches for the address of a signal. `edge`: the edge saw the connection. `app-log`: the application wrote it
 * into its own log. `agent`: an agent inside an application says so; its signals have no address that counts, and act on
 * users and sessions only. Only what is vouched for can lead to a ban (design: "Decision", authority).
 */
export type SignalOrigin = 'edge' | 'app-log' | 'agent'

/** One thing that happened, ready for scenarios. */
export interface Signal {
  readonly origin: SignalOrigin
  readonly event: BehaviourEvent
  /** Id that the edge gave to the request and passed on to the application; empty where there was no edge. */
  readonly trace: string
  /** How often it happened: folded repeats stand for several. */
  readonly times: number
}

/** Folded repeats count at most this often: more would only overflow the same bucket again. */
export const maxTimes = 100
