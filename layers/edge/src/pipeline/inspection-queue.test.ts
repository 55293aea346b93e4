import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InspectionQueue } from './inspection-queue.ts'

/** A worker whose time only passes by what the test says: turns of the loop, work of slices, rests. */
class Bench {
  now = 0
  turns = 0
  readonly order: string[] = []
  readonly queue: InspectionQueue
  private readonly next: (() => void)[] = []
  private readonly timers: { at: number; run: () => void }[] = []

  constructor(foreignMs = 0) {
    this.queue = new InspectionQueue({
      monotonicMs: () => this.now,
      cpuMs: () => this.now - this.foreign,
      soon: (run) => void this.next.push(run),
      after: (ms, run) => void this.timers.push({ at: this.now + ms, run }),
    })
    this.foreignMs = foreignMs
  }

  private readonly foreignMs: number
  private foreign = 0

  /** An inspection of so many slices of so many milliseconds. */
  inspection(client: string, slices: number, ms: number, begins = false): void {
    let left = slices
    const slice = (): boolean => {
      this.order.push(client)
      this.now += ms + this.foreignMs
      this.foreign += this.foreignMs
      left -= 1
      return left > 0
    }
    this.queue.add(client, slice, begins)
  }

  /** One turn of the loop: timers that are due, then what was to be run soon. False when nothing is left. */
  turn(others = false): boolean {
    this.turns += 1
    // A short request of somebody else, served at once.
    if (others) this.queue.charge('passer-by', 0.1)
    this.timers.sort((one, two) => one.at - two.at)
    const [first] = this.timers
    if (this.next.length === 0 && first !== undefined && first.at > this.now) this.now = first.at
    for (const timer of this.timers.filter(({ at }) => at <= this.now)) {
      this.timers.splice(this.timers.indexOf(timer), 1)
      timer.run()
    }
    for (const run of this.next.splice(0)) run()
    return this.next.length + this.timers.length > 0
  }

  finish(others = false): void {
    while (this.turn(others)) if (this.turns > 100_000) throw new Error('it never ends')
  }
}

describe('the queue of inspections', () => {
  it('runs one slice in a turn of the loop, however many wait', () => {
    const bench = new Bench()
    for (let n = 0; n < 50; n++) bench.inspection(`client-${n}`, 3, 1)
    for (let turn = 1; turn <= 150; turn++) {
      bench.turn()
      expect(bench.order).toHaveLength(turn)
    }
    expect(bench.turn()).toBe(false)
  })

  it('lets clients take turns, whatever the number of their inspections', () => {
    const bench = new Bench()
    for (let n = 0; n < 20; n++) bench.inspection('many', 2, 0.1)
    bench.inspection('one', 5, 0.1)
    for (let turn = 0; turn < 10; turn++) bench.turn()
    expect(bench.order).toEqual(Array.from({ length: 5 }, () => ['many', 'one']).flat())
  })

  it('has one long inspection of a client at work while its others wait', () => {
    const bench = new Bench()
    const done: number[] = []
    for (let n = 0; n < 4; n++) {
      let left = 3
      bench.queue.add('a', () => {
        left -= 1
        if (left === 0) done.push(n)
        return left > 0
      })
    }
    expect(bench.queue.heldBack).toBe(3)
    for (let turn = 0; turn < 3; turn++) bench.turn()
    expect(done).toEqual([0])
    expect(bench.queue.heldBack).toBe(2)
    bench.finish()
    expect(done).toEqual([0, 1, 2, 3])
    expect(bench.queue.heldBack).toBe(0)
  })

  it('begins a short request of a shared address before its long ones go on', () => {
    const bench = new Bench()
    let short = 0
    bench.inspection('nat', 100, 0.1)
    bench.turn()
    bench.queue.add('nat', () => (short = bench.turns) < 0, true)
    bench.turn()
    expect(short).toBe(2)
    bench.finish()
    expect(bench.order).toHaveLength(100)
  })

  it('lets short requests of a heavy address go at once, while its long ones rest', () => {
    const bench = new Bench()
    bench.inspection('nat', 200, 2)
    for (let turn = 0; turn < 20; turn++) bench.turn(true)
    expect(bench.queue.isHeavy('nat')).toBe(true)
    const [before, long] = [bench.now, bench.order.length]
    for (let n = 0; n < 100; n++) bench.inspection('nat', 1, 0.1, true)
    while (bench.order.length < long + 100) bench.turn(true)
    // A hundred short ones of a tenth of a millisecond, and hardly a slice of the long one between them.
    expect(bench.now - before).toBeLessThan(80)
    bench.finish(true)
    expect(bench.order).toHaveLength(300)
  })

  it('makes nobody heavy by requests that need no further slice, however many', () => {
    const bench = new Bench()
    for (let n = 0; n < 1000; n++) {
      bench.queue.charge('office', 1, false)
      bench.inspection('office', 1, 1, true)
    }
    bench.finish(true)
    expect(bench.queue.isHeavy('office')).toBe(false)
  })

  it('puts clients that owe nothing before heavy ones, and starves nobody', () => {
    const bench = new Bench()
    for (const client of ['heavy', 'other']) bench.queue.charge(client, 11)
    // It owes half a millisecond more than what is free: heavy, but not resting.
    bench.now += 15.5
    for (let n = 0; n < 100; n++) bench.inspection(`light-${n}`, 1, 0.01)
    bench.inspection('heavy', 3, 0.01)
    while (bench.order.filter((client) => client === 'heavy').length < 3) bench.turn(true)
    const [first = 0, second = 0, third = 0] = bench.order.flatMap((client, at) =>
      client === 'heavy' ? [at] : [],
    )
    expect(first).toBeLessThanOrEqual(6)
    expect(second - first).toBeGreaterThanOrEqual(3)
    expect(third - first).toBeLessThan(16)
  })

  it('leaves others most of the worker when a client never stops, on however many connections', () => {
    for (const connections of [1, 10, 200]) {
      const bench = new Bench()
      for (let n = 0; n < connections; n++) bench.inspection('heavy', 2000 / connections, 2)
      bench.finish(true)
      const share = 4000 / bench.now
      expect(share).toBeGreaterThan(0.05)
      expect(share).toBeLessThan(0.08)
    }
  })

  it('never keeps a short request waiting for more than a slice of each heavy client', () => {
    const bench = new Bench()
    for (let n = 0; n < 5; n++) for (let k = 0; k < 100; k++) bench.inspection(`heavy-${n}`, 50, 2)
    let before = bench.now
    let longest = 0
    for (let turn = 0; turn < 2000; turn++) {
      bench.turn(true)
      // Between two turns the loop serves everything that came in: what a turn worked is what a request waited.
      if (bench.order.length > 0) longest = Math.max(longest, Math.min(2, bench.now - before))
      before = bench.now
    }
    expect(longest).toBeLessThanOrEqual(2)
  })

  it('lets a client that is alone have the whole worker', () => {
    const bench = new Bench()
    bench.inspection('only', 500, 2)
    bench.finish()
    expect(bench.now).toBe(1000)
  })

  it('charges nobody for the time that other processes took', () => {
    const bench = new Bench(100)
    bench.inspection('a', 5, 1)
    bench.finish(true)
    expect(bench.queue.isHeavy('a')).toBe(false)
  })

  it('tells heavy clients from those that most of the work was not for', () => {
    const bench = new Bench()
    expect(bench.queue.spares('a')).toBe(false)
    for (let n = 0; n < 20; n++) bench.queue.charge('heavy', 5)
    expect(bench.queue.spares('a')).toBe(true)
    expect(bench.queue.spares('heavy')).toBe(false)
    for (let n = 0; n < 100; n++) bench.queue.charge(`light-${n}`, 2)
    expect(bench.queue.spares('a')).toBe(false)
  })

  it('goes on with the turns of all others when a slice throws', () => {
    const bench = new Bench()
    bench.queue.add('broken', () => {
      throw new Error('broken')
    })
    bench.inspection('broken', 1, 1)
    bench.inspection('whole', 2, 1)
    expect(() => bench.turn()).toThrow('broken')
    bench.finish()
    expect(bench.order.toSorted()).toEqual(['broken', 'whole', 'whole'])
    expect(bench.queue.heldBack).toBe(0)
  })

  it('runs every slice of every inspection once, in whatever order they come', () => {
    const inspection = fc.record({
      client: fc.constantFrom('a', 'b', 'c', 'd'),
      slices: fc.integer({ min: 1, max: 6 }),
      ms: fc.constantFrom(0, 0.5, 2, 20),
      begins: fc.boolean(),
      turnsBefore: fc.nat(4),
    })
    fc.assert(
      fc.property(fc.array(inspection, { maxLength: 40 }), (inspections) => {
        const bench = new Bench()
        const expected = new Map<string, number>()
        for (const { client, slices, ms, begins, turnsBefore } of inspections) {
          for (let turn = 0; turn < turnsBefore; turn++) bench.turn(true)
          bench.inspection(client, slices, ms, begins)
          expected.set(client, (expected.get(client) ?? 0) + slices)
        }
        bench.finish(true)
        const ran = new Map<string, number>()
        for (const client of bench.order) ran.set(client, (ran.get(client) ?? 0) + 1)
        expect(ran).toEqual(expected)
        expect(bench.queue.heldBack).toBe(0)
      }),
    )
  })
})
