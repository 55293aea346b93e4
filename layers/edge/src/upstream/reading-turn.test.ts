import { describe, expect, it } from 'vitest'
import { ReadingTurn, readersPerTurn, turnMs } from './reading-turn.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('turns of reading', () => {
  it('are over when their time is used up', () => {
    const turns = new ReadingTurn()
    expect(turns.isOver).toBe(false)
    turns.spend(turnMs / 2)
    expect(turns.isOver).toBe(false)
    turns.spend(turnMs / 2)
    expect(turns.isOver).toBe(true)
  })

  it('begin anew with each turn of the event loop', async () => {
    const turns = new ReadingTurn()
    turns.spend(turnMs)
    await turn()
    expect(turns.isOver).toBe(false)
  })

  it('let some of those that wait go on in each turn, in their order', async () => {
    const turns = new ReadingTurn()
    const went: number[] = []
    for (let i = 0; i < 2 * readersPerTurn + 1; i += 1) turns.wait({ readOn: () => void went.push(i) })
    const seen: number[] = []
    for (let i = 0; i < 6; i += 1) {
      await turn()
      seen.push(went.length)
    }
    expect(went).toEqual(Array.from({ length: 2 * readersPerTurn + 1 }, (_, i) => i))
    expect(Math.max(...seen.map((count, i) => count - (seen[i - 1] ?? 0)))).toBeLessThanOrEqual(
      readersPerTurn,
    )
  })

  it('let fewer go on when those before them use up the time', async () => {
    const turns = new ReadingTurn()
    const went: number[] = []
    const greedy = {
      readOn: (): void => {
        went.push(1)
        turns.spend(turnMs)
      },
    }
    for (let i = 0; i < 3; i += 1) turns.wait(greedy)
    await turn()
    expect(went).toHaveLength(1)
    while (went.length < 3) await turn()
    expect(went).toHaveLength(3)
  })

  it('take one again that reads on at once, as often as it wants', async () => {
    const turns = new ReadingTurn()
    const went: number[] = []
    const reader = {
      readOn: (): void => {
        went.push(1)
        if (went.length < 3000) turns.wait(reader)
      },
    }
    for (let i = 0; i < 2 * readersPerTurn; i += 1) turns.wait(reader)
    while (went.length < 3000) await turn()
    expect(went.length).toBeLessThan(3000 + 2 * readersPerTurn)
  })
})
