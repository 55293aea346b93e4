import { describe, expect, it } from 'vitest'
import { Newcomers, newcomersSliceMs } from './newcomers.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Newcomers on a clock of their own, and what was done for them. */
function crowd(): { enter(name: string, takesMs: number): boolean; readonly done: string[] } {
  let now = 0
  const newcomers = new Newcomers(() => now)
  const done: string[] = []
  const enter = (name: string, takesMs: number): boolean =>
    newcomers.enter(() => {
      done.push(name)
      now += takesMs
    })
  return { enter, done }
}

describe('first requests of new connections', () => {
  it('are served at once while a turn of the event loop has time for them', () => {
    const { enter, done } = crowd()
    expect(enter('a', newcomersSliceMs / 2)).toBe(true)
    expect(enter('b', newcomersSliceMs / 4)).toBe(true)
    expect(enter('c', newcomersSliceMs)).toBe(true)
    expect(enter('d', 0)).toBe(false)
    expect(done).toEqual(['a', 'b', 'c'])
  })

  it('find a new turn free again', async () => {
    const { enter, done } = crowd()
    enter('a', newcomersSliceMs)
    expect(enter('b', 0)).toBe(false)
    await turn()
    expect(done).toEqual(['a', 'b'])
    await turn()
    expect(enter('c', 0)).toBe(true)
  })

  it('leave the turns that follow to everything else, too, and those that came last go first', async () => {
    const { enter, done } = crowd()
    const names = Array.from({ length: 100 }, (_, at) => `${at}`)
    for (const name of names) enter(name, newcomersSliceMs)
    expect(done).toEqual(['0'])
    await turn()
    expect(done).toEqual(['0', '99'])
    // What comes now is the newest.
    expect(enter('new', newcomersSliceMs)).toBe(false)
    await turn()
    expect(done).toEqual(['0', '99', 'new'])
    while (done.length < 101) await turn()
    expect(done.toSorted()).toEqual([...names, 'new'].toSorted())
    expect(done.at(-1)).toBe('1')
  })

  it('share a turn when they take little of it', async () => {
    const { enter, done } = crowd()
    enter('first', newcomersSliceMs)
    for (const name of ['a', 'b', 'c']) enter(name, newcomersSliceMs / 2)
    await turn()
    expect(done).toEqual(['first', 'c', 'b'])
  })
})
