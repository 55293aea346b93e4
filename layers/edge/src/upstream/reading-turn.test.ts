import { describe, expect, it } from 'vitest'
import { ReadingTurn, bytesPerTurn, readersPerTurn } from './reading-turn.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('turns of reading', () => {
  it('let everybody read until the bytes of the turn are used up', () => {
    const turns = new ReadingTurn()
    const reader = { readOn: (): void => undefined }
    expect(turns.take(bytesPerTurn - 1, reader)).toBe(true)
    expect(turns.take(1, reader)).toBe(false)
    expect(turns.take(1, reader)).toBe(false)
  })

  it('begin anew with each turn of the event loop', async () => {
    const turns = new ReadingTurn()
    const reader = { readOn: (): void => undefined }
    turns.take(bytesPerTurn - 1, reader)
    await turn()
    expect(turns.take(bytesPerTurn - 1, reader)).toBe(true)
  })

  it('let some of those that were stopped go on in each turn, in their order', async () => {
    const turns = new ReadingTurn()
    const went: number[] = []
    turns.take(bytesPerTurn - 1, { readOn: () => undefined })
    for (let i = 0; i < 2 * readersPerTurn + 1; i += 1) turns.take(1, { readOn: () => void went.push(i) })
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

  it('take one again that reads on at once', async () => {
    const turns = new ReadingTurn()
    let left = 50
    const reader = {
      readOn: (): void => {
        left -= 1
        if (left > 0) turns.take(bytesPerTurn, reader)
      },
    }
    turns.take(bytesPerTurn, reader)
    while (left > 0) await turn()
    expect(left).toBe(0)
  })
})
