import { describe, expect, it } from 'vitest'

import { InstructionSet } from './instruction-set.ts'

describe('InstructionSet', () => {
  it('marks each instruction once until it is cleared', () => {
    const set = new InstructionSet(4)
    set.clear()
    expect([set.mark(2), set.mark(2), set.marked(2), set.marked(3)]).toEqual([true, false, true, false])
    set.clear()
    expect([set.marked(2), set.mark(2)]).toEqual([false, true])
  })

  it('keeps what was pushed, in order or sorted', () => {
    const set = new InstructionSet(4)
    set.clear()
    for (const pc of [3, 1, 2]) set.push(pc)
    expect([...set.list.subarray(0, set.size)]).toEqual([3, 1, 2])
    set.sort()
    expect([...set.list.subarray(0, set.size)]).toEqual([1, 2, 3])
    set.clear()
    expect(set.size).toBe(0)
  })
})
