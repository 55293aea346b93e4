import { slotHere, type ThreadList } from './tagged-step.ts'

/**
 * Gives the registers of a list of threads new numbers in order of appearance, so that lists which differ in numbers
 * only become one state. Entries are changed in place; the result says for each new number which old one, or
 * `slotHere`, it comes from.
 */
export function renumber({ entries, count }: ThreadList, width: number): number[] {
  const sources: number[] = []
  for (let at = 0; at < count * width; at += width) {
    for (let slot = at + 1; slot < at + width; slot++) {
      const source = entries[slot] ?? 0
      if (source < 0 && source !== slotHere) continue
      let number = sources.indexOf(source)
      if (number < 0) number = sources.push(source) - 1
      entries[slot] = number
    }
  }
  return sources
}

/**
 * Moves that bring about `registers[n] = old registers[sources[n]]` for all n at once, one after the other: pairs of
 * target and source; `slotHere` is the position. Cycles go through the register `spare`.
 */
export function movesOf(sources: readonly number[], spare: number): Int32Array {
  const pending = new Map<number, number>()
  const here: number[] = []
  for (const [target, source] of sources.entries()) {
    if (source === slotHere) here.push(target, slotHere)
    else if (source !== target) pending.set(target, source)
  }
  const moves: number[] = []
  while (pending.size > 0) {
    const read = new Set(pending.values())
    const free = [...pending.keys()].filter((target) => !read.has(target))
    for (const target of free) {
      moves.push(target, pending.get(target) ?? 0)
      pending.delete(target)
    }
    if (free.length > 0) continue
    // Only cycles are left: one of them is opened.
    const [target, source] = [...pending][0] ?? [0, 0]
    moves.push(spare, source)
    pending.set(target, spare)
  }
  // What is moved away is read by now.
  return Int32Array.from([...moves, ...here])
}
