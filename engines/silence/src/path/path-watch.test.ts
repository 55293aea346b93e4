import { describe, expect, it } from 'vitest'
import { PathWatch, pathPatienceMs } from './path-watch.ts'

interface Step {
  readonly at: number
  readonly written: number
  readonly arrived: number
  readonly counted?: number
  readonly boot?: number
  readonly epoch?: string
}

function problemsAfter(steps: readonly Step[]): readonly string[] {
  const watch = new PathWatch()
  for (const { at, written, arrived, counted = 0, boot = 1, epoch = 'e' } of steps) {
    watch.observe({ agent: 'a', epoch, boot, written, counted }, arrived, at)
  }
  return watch.problems('a').map((problem) => problem.kind)
}

describe('PathWatch', () => {
  it('is content while every heartbeat writes and everything arrives', () => {
    expect(
      problemsAfter([0, 1, 2, 3, 4, 5, 6, 7].map((n) => ({ at: n * 10_000, written: n, arrived: n }))),
    ).toEqual([])
  })

  it('finds a live agent that writes nothing, after its patience and not before', () => {
    const beats = (until: number): Step[] =>
      Array.from({ length: until / 10_000 + 1 }, (_, n) => ({
        at: n * 10_000,
        written: 5,
        arrived: 5,
        counted: n,
      }))
    expect(problemsAfter(beats(pathPatienceMs))).toEqual([])
    expect(problemsAfter(beats(pathPatienceMs + 10_000))).toEqual(['muted'])
  })

  it('finds events that were written and did not arrive', () => {
    expect(
      problemsAfter([0, 1, 2, 3, 4, 5, 6].map((n) => ({ at: n * 10_000, written: n + 5, arrived: 2 }))),
    ).toEqual(['stalled'])
  })

  it('waits for a receiver that catches up', () => {
    expect(
      problemsAfter(
        Array.from({ length: 20 }, (_, n) => ({ at: n * 10_000, written: 1000 + n, arrived: n * 10 })),
      ),
    ).toEqual([])
  })

  it('finds counters and boots that fall', () => {
    expect(
      problemsAfter([
        { at: 0, written: 9, arrived: 9 },
        { at: 1, written: 8, arrived: 9 },
      ]),
    ).toEqual(['rewound'])
    expect(
      problemsAfter([
        { at: 0, written: 9, arrived: 9, boot: 4 },
        { at: 1, written: 9, arrived: 9, boot: 3 },
      ]),
    ).toEqual(['rewound'])
  })

  it('starts anew with a new boot or epoch', () => {
    expect(
      problemsAfter([
        { at: 0, written: 9, arrived: 0 },
        { at: 99_000, written: 1, arrived: 1, epoch: 'f' },
      ]),
    ).toEqual([])
  })

  it('knows nothing of an agent that never spoke', () => {
    expect(new PathWatch().problems('ghost')).toEqual([])
  })
})
