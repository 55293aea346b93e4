import { describe, expect, it } from 'vitest'
import { ReadingPace, crowdedMs, mostOwed, readingFactor, slowPace, usualPace } from './reading-pace.ts'
import type { Pace, TurnReader } from './reading-pace.ts'

/** A clock and an event loop that go on only when told to. */
class Loop {
  now = 1000
  readonly rests: number[] = []
  readonly pace: ReadingPace
  private next: (() => void) | null = null

  constructor(pace: Pace) {
    this.pace = new ReadingPace(pace, {
      monotonicMs: () => this.now,
      soon: (run) => this.set(run, 0),
      after: (ms, run) => this.set(run, ms),
    })
  }

  get isArmed(): boolean {
    return this.next !== null
  }

  /** Runs what was to come next, if anything. */
  turn(): void {
    const run = this.next
    this.next = null
    run?.()
  }

  private set(run: () => void, rest: number): void {
    expect(this.next, 'one slice at a time').toBeNull()
    this.next = run
    this.rests.push(rest)
  }
}

/** A connection that always has more to read; a piece costs so many milliseconds, its reading included. */
function reader(loop: Loop, seen: number[], name: number, pieceMs: number): TurnReader {
  const self: TurnReader = {
    readOn: () => {
      seen.push(name)
      loop.pace.spend(pieceMs / readingFactor)
      loop.pace.wait(self)
    },
  }
  return self
}

describe.each([
  ['usual', usualPace],
  ['bulk', slowPace],
])('the pace of reading, %s', (_, pace) => {
  const { sliceMs, readers, restMs } = pace

  it('ends a slice when its time is used up, and begins another', () => {
    const loop = new Loop(pace)
    loop.pace.spend((sliceMs * 0.9) / readingFactor)
    expect(loop.pace.isOver).toBe(false)
    loop.pace.spend((sliceMs * 0.2) / readingFactor)
    expect(loop.pace.isOver).toBe(true)
    loop.turn()
    expect(loop.pace.isOver).toBe(false)
  })

  it('lets a few go on in each slice, in their order', () => {
    const loop = new Loop(pace)
    const seen: number[] = []
    for (let i = 0; i < 2 * readers + 1; i += 1) loop.pace.wait(reader(loop, seen, i, 0))
    loop.turn()
    expect(seen).toEqual(Array.from({ length: readers }, (_, i) => i))
    loop.turn()
    loop.turn()
    expect(seen.slice(0, 2 * readers + 1)).toEqual(Array.from({ length: 2 * readers + 1 }, (_, i) => i))
  })

  it('lets no other go on in a slice that one used up', () => {
    const loop = new Loop(pace)
    const seen: number[] = []
    for (let i = 0; i < 3; i += 1) loop.pace.wait(reader(loop, seen, i, sliceMs))
    for (let i = 0; i < 6; i += 1) loop.turn()
    expect(seen).toEqual([0, 1, 2, 0, 1, 2])
  })

  it('does not rest while nobody waits for a connection', () => {
    const loop = new Loop(pace)
    loop.pace.wait(reader(loop, [], 0, sliceMs))
    for (let i = 0; i < 5; i += 1) loop.turn()
    expect(new Set(loop.rests)).toEqual(new Set([0]))
  })

  it('rests after a slice that was used up while requests wait, if it rests at all, and not much longer', () => {
    const loop = new Loop(pace)
    loop.pace.crowded()
    loop.pace.wait(reader(loop, [], 0, sliceMs))
    loop.now += crowdedMs - 1
    loop.turn()
    loop.now += 1
    loop.turn()
    expect(loop.rests).toEqual([0, restMs, 0])
  })

  it('does not rest after a slice that was not used up', () => {
    const loop = new Loop(pace)
    loop.pace.crowded()
    loop.pace.wait(reader(loop, [], 0, sliceMs * 0.9))
    loop.turn()
    loop.turn()
    expect(loop.rests).toEqual([0, 0, restMs])
  })

  it('lets who rests pay for what was too much, and forgives what is owed when nobody waits', () => {
    const loop = new Loop(pace)
    loop.pace.crowded()
    loop.pace.spend((sliceMs * 3.5) / readingFactor)
    const slices = (): number => {
      let count = 0
      for (; loop.pace.isOver; count += 1) loop.turn()
      return count
    }
    expect(slices()).toBe(restMs > 0 ? 3 : 1)
    loop.now += crowdedMs
    loop.pace.spend((sliceMs * 3.5) / readingFactor)
    expect(slices()).toBe(1)
  })

  it('does nothing when nobody reads', () => {
    const loop = new Loop(pace)
    loop.pace.spend(sliceMs)
    loop.turn()
    expect(loop.isArmed).toBe(false)
  })

  it('goes on for as long as somebody wants, and holds nothing of what passed', () => {
    const loop = new Loop(pace)
    const seen: number[] = []
    for (let i = 0; i < 11; i += 1) loop.pace.wait(reader(loop, seen, i, 0))
    for (let i = 0; i < 2000; i += 1) loop.turn()
    expect(seen).toHaveLength(2000 * readers)
    const counts = Array.from({ length: 11 }, (_, i) => seen.filter((name) => name === i).length)
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  })
})

describe('the pace of reading bulk', () => {
  it('forgives what is owed beyond a number of slices', () => {
    const loop = new Loop(slowPace)
    loop.pace.crowded()
    loop.pace.spend(1e6)
    for (let i = 0; i < mostOwed; i += 1) loop.turn()
    expect(loop.pace.isOver).toBe(true)
    loop.turn()
    expect(loop.pace.isOver).toBe(false)
  })
})
