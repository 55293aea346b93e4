import { addressText } from '../authority/address-number.ts'
import type { BanChange, BanView } from './ban-view.ts'
import type { Interval } from './disjoint-ranges.ts'
import type { Enforcer } from './enforcer.ts'
import { cidrsOf } from './map-file.ts'
import { runProgram } from './run-program.ts'

/** What a command needs. */
export interface CustomCommandOptions {
  readonly run: readonly string[]
  readonly timeoutMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** One thing that the program is told. */
interface Order {
  readonly op: 'add' | 'del'
  readonly value: string
  readonly type: string
  readonly untilMs: number
  readonly scenario: string
}

/** Programs at one time. */
const concurrency = 4

/**
 * Runs a program for each change, with the arguments of CrowdSec's custom bouncer (`add|del VALUE SECONDS SCENARIO`)
 * and the decision as JSON on its input. No shell; values are parsed addresses and ranges, scenarios are reduced to
 * words. Fails open: what the program does not do is tried again, and nobody is kept out meanwhile.
 */
export class CustomCommand implements Enforcer {
  readonly name = 'command'
  readonly #options: CustomCommandOptions
  // What the program was told and not told otherwise: a change of a range is a difference.
  readonly #told = new Map<string, Order>()

  constructor(options: CustomCommandOptions) {
    this.#options = options
  }

  async replace(view: BanView): Promise<void> {
    const wanted = new Map<string, Order>()
    for (const { address, type, untilMs, scenario } of view.addresses())
      wanted.set(address, { op: 'add', value: address, type, untilMs, scenario })
    for (const order of rangeOrders(view.ranges())) wanted.set(order.value, order)
    await this.#runAll(this.#difference(wanted, () => true))
  }

  async update(change: BanChange): Promise<void> {
    const wanted = new Map<string, Order>()
    for (const { address, type, untilMs, scenario } of change.add)
      wanted.set(address, { op: 'add', value: address, type, untilMs, scenario })
    const removed = new Set(change.remove)
    const ranges = change.ranges
    for (const order of rangeOrders(ranges ?? [])) wanted.set(order.value, order)
    const isConcerned = (value: string): boolean =>
      removed.has(value) || (ranges !== undefined && value.includes('/'))
    await this.#runAll(this.#difference(wanted, isConcerned))
  }

  /** Orders that lead from what was told to what is wanted; of values that are not wanted, those concerned. */
  #difference(wanted: ReadonlyMap<string, Order>, isConcerned: (value: string) => boolean): Order[] {
    const gone = [...this.#told.values()].filter(({ value }) => !wanted.has(value) && isConcerned(value))
    const fresh = [...wanted.values()].filter(
      (order) => this.#told.get(order.value)?.untilMs !== order.untilMs,
    )
    return [...gone.map((order): Order => ({ ...order, op: 'del' })), ...fresh]
  }

  async #runAll(orders: readonly Order[]): Promise<void> {
    const waiting = orders.values()
    const failures: unknown[] = []
    const work = async (): Promise<void> => {
      for (const order of waiting) {
        try {
          await this.#runOne(order)
        } catch (error) {
          failures.push(error)
        }
      }
    }
    await Promise.all(Array.from({ length: concurrency }, work))
    if (failures.length > 0)
      throw new Error(`${failures.length} of ${orders.length} runs failed`, { cause: failures[0] })
  }

  async #runOne(order: Order): Promise<void> {
    const { run, timeoutMs, now } = this.#options
    const seconds = order.op === 'del' ? -1 : Math.max(1, Math.ceil((order.untilMs - now()) / 1000))
    const scenario = order.scenario
      .replaceAll(/[^\w./:-]/g, '_')
      .replace(/^-+/, '')
      .slice(0, 200)
    const input = JSON.stringify({
      op: order.op,
      type: order.type,
      scope: order.value.includes('/') ? 'Range' : 'Ip',
      value: order.value,
      duration: seconds,
      until: new Date(order.untilMs).toISOString(),
      scenario: order.scenario,
    })
    await runProgram({
      argv: [...run, order.op, order.value, String(seconds), scenario],
      input: `${input}\n`,
      timeoutMs,
    })
    if (order.op === 'del') this.#told.delete(order.value)
    else this.#told.set(order.value, order)
  }

  isIntact(): Promise<boolean> {
    return Promise.resolve(true)
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }
}

function rangeOrders(ranges: readonly Interval[]): Order[] {
  return ranges.flatMap((interval) =>
    cidrsOf(interval).map(({ first, prefix, family }): Order => {
      const value = `${addressText(first, family)}/${prefix}`
      return { op: 'add', value, type: 'ban', untilMs: interval.untilMs, scenario: 'range' }
    }),
  )
}
