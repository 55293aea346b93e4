import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { movesOf, renumber } from './register-moves.ts'
import { slotHere, slotUnset } from './tagged-step.ts'

const spare = 100
const here = 999

/** Registers after moves are made one after the other. */
function moved(before: readonly number[], moves: Int32Array): number[] {
  const registers = [...before]
  for (let n = 0; n < moves.length; n += 2) {
    const source = moves[n + 1] ?? 0
    registers[moves[n] ?? 0] = source === slotHere ? here : (registers[source] ?? 0)
  }
  return registers
}

describe('movesOf', () => {
  const rows: readonly (readonly [name: string, sources: readonly number[], moves: readonly number[]])[] = [
    ['nothing for what stays', [0, 1, 2], []],
    ['the position last, when its register was read', [slotHere, 0], [1, 0, 0, slotHere]],
    ['a chain from its end', [1, 2, 3], [0, 1, 1, 2, 2, 3]],
    ['an exchange through the spare register', [1, 0], [spare, 1, 1, 0, 0, spare]],
    ['one register to several', [2, 2, 2], [0, 2, 1, 2]],
  ]
  it.each(rows)('is %s', (_name, sources, moves) => {
    expect([...movesOf(sources, spare)]).toEqual(moves)
  })

  it('brings about any exchange as if all were made at once', () => {
    const source = fc.oneof(fc.nat({ max: 9 }), fc.constant(slotHere))
    fc.assert(
      fc.property(fc.array(source, { maxLength: 10 }), (sources) => {
        const before = Array.from({ length: spare + 1 }, (_, n) => n * 7)
        const after = moved(before, movesOf(sources, spare))
        const wanted = sources.map((from) => (from === slotHere ? here : (before[from] ?? 0)))
        expect(after.slice(0, sources.length)).toEqual(wanted)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('renumber', () => {
  it('numbers registers by appearance, over all threads, and leaves instructions and unset slots alone', () => {
    const entries = Int32Array.from([50, 7, slotUnset, 7, 60, 3, slotHere, 7, 70, 9, 9, 9])
    expect(renumber({ entries, count: 2 }, 4)).toEqual([7, 3, slotHere])
    expect([...entries]).toEqual([50, 0, slotUnset, 0, 60, 1, 2, 0, 70, 9, 9, 9])
  })

  it('gives lists that differ in numbers only the same entries', () => {
    const numbers = fc.uniqueArray(fc.nat({ max: 50 }), { minLength: 6, maxLength: 6 })
    const shape = fc.array(fc.nat({ max: 5 }), { minLength: 9, maxLength: 9 })
    fc.assert(
      fc.property(shape, numbers, numbers, (slots, first, second) => {
        const listed = (names: readonly number[]): Int32Array =>
          Int32Array.from(slots, (slot, at) => (at % 3 === 0 ? slot : (names[slot] ?? 0)))
        const [a, b] = [listed(first), listed(second)]
        renumber({ entries: a, count: 3 }, 3)
        renumber({ entries: b, count: 3 }, 3)
        expect([...a]).toEqual([...b])
      }),
    )
  })
})
