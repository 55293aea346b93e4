/** From when on a worker counts as overloaded. */
export interface LoadLimits {
  /** Milliseconds by which the worker is late. */
  readonly delayMs: number
  /** Requests at work. */
  readonly inFlight: number
}

/** How often the load is looked at, milliseconds. */
export const lookMs = 50
/**
 * A worker that is late with fewer requests at work than this, and fewer a second than that, is late because of others on its
 * machine: turning clients away would help nobody.
 */
export const busyFrom = { inFlight: 32, perSecond: 100 } as const
/**
 * A worker that found time to sleep for so much of its time keeps up with what comes: it is late because others on its
 * machine had the processor.
 */
export const idleFrom = 0.1
/**
 * After so many looks without a moment to sleep a worker cannot tell who is slow: what clients sent may lie unread in
 * the kernel. Bodies that are awaited count as work from then on, as in a flood they are.
 */
export const breathlessLooks = 20
const harder = 0.2
const softer = 0.01

/** What a request waits for that only its client can give: more of its body, or that its answer is taken. */
export type Rest = 'nothing' | 'body' | 'answer'

/** What a look sees besides the clock. */
export interface LoadSight {
  /** Share of its time since the last look in which the worker had nothing to do, 0 to 1. */
  readonly idle: number
  /** Requests at work that only wait for others of their own client. */
  readonly heldBack: number
}

/**
 * How overloaded this worker is: how late its timers come, and how many requests are at work. While it is too much, the
 * share of unknown clients that are turned away grows, else it shrinks again.
 */
export class LoadGauge {
  /** Requests at work: those that wait for their clients are not. */
  inFlight = 0
  /** Requests that wait for more of their body. */
  awaitingBody = 0
  /** Share of unknown clients that are turned away, 0 to 1. */
  share = 0
  /** By how much the worker was late lately, milliseconds. */
  lateMs = 0
  private readonly limits: LoadLimits
  private readonly random: () => number
  private due = 0
  private arrived = 0
  private perSecond = 0
  private idle = 1
  private breathless = 0

  /** @param random numbers from 0 to 1. */
  constructor(limits: LoadLimits, random: () => number) {
    this.limits = limits
    this.random = random
  }

  /** Takes a look; to be called every `lookMs`. @param now milliseconds of a monotonic clock. */
  look(now: number, { idle, heldBack }: LoadSight = { idle: 0, heldBack: 0 }): void {
    const lateMs = this.due === 0 ? 0 : Math.max(0, now - this.due)
    this.due = now + lookMs
    // One late timer is a pause of the garbage collector; an average over a third of a second is load.
    this.lateMs += (lateMs - this.lateMs) * 0.15
    this.perSecond += (this.arrived * (1000 / (lookMs + lateMs)) - this.perSecond) * 0.15
    this.arrived = 0
    this.idle += (idle - this.idle) * 0.3
    this.breathless = this.idle < idleFrom ? this.breathless + 1 : 0
    const unread = this.breathless >= breathlessLooks ? this.awaitingBody : 0
    const atWork = this.inFlight + unread - heldBack
    const busy = atWork >= busyFrom.inFlight || this.perSecond >= busyFrom.perSecond
    const late = busy && this.idle < idleFrom && this.lateMs > this.limits.delayMs
    const tooMuch = late || atWork > this.limits.inFlight
    this.share = tooMuch ? Math.min(1, this.share + harder) : Math.max(0, this.share - softer)
  }

  /** A request came. Hot. */
  enter(): void {
    this.inFlight += 1
    this.arrived += 1
  }

  /** What a request waits for changes: thousands of slow clients are no work. Hot. */
  rests(before: Rest, now: Rest): void {
    if (before === 'nothing') this.inFlight -= 1
    else if (before === 'body') this.awaitingBody -= 1
    if (now === 'nothing') this.inFlight += 1
    else if (now === 'body') this.awaitingBody += 1
  }

  /** A request is over. */
  leave(): void {
    this.inFlight -= 1
  }

  /** True when an unknown client is to be turned away now. Hot. */
  turnsAway(): boolean {
    return this.share > 0 && this.random() < this.share
  }
}
