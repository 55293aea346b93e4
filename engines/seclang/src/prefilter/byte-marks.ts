/** Most different marks: the bits of a number. */
export const maxMarks = 31

/** Marks of bytes, so that the marks of a text tell which sets it meets. */
export interface ByteMarks {
  /** One bit per byte, 0 for bytes in no set. */
  readonly markOf: Int32Array
  /** For each set, the marks of its members; -1 for sets that did not fit: they always count as met. */
  readonly setMarks: readonly number[]
}

/**
 * Gives bytes that are in exactly the same sets the same mark. Sets are taken in order as long as the marks suffice.
 */
export function assignMarks(sets: readonly Uint8Array[]): ByteMarks {
  let groups = new Int32Array(256)
  let count = 1
  const taken: boolean[] = []
  for (const set of sets) {
    const split = new Map<number, number>()
    const next = groups.map((group, unit) => {
      const key = group * 2 + (set[unit] ?? 0)
      const known = split.get(key) ?? split.size
      split.set(key, known)
      return known
    })
    // Group of the bytes in no set needs no mark.
    const fits = split.size - 1 <= maxMarks
    taken.push(fits)
    if (!fits) continue
    groups = next
    count = split.size
  }
  return marksOf(groups, { sets, taken, count })
}

function marksOf(
  groups: Int32Array,
  { sets, taken, count }: { sets: readonly Uint8Array[]; taken: readonly boolean[]; count: number },
): ByteMarks {
  const rest = groups.findIndex(
    (_, unit) => !sets.some((set, number) => taken[number] === true && set[unit] === 1),
  )
  const restGroup = rest < 0 ? -1 : (groups[rest] ?? -1)
  const bitOf = new Map<number, number>()
  for (let group = 0; group < count; group++) if (group !== restGroup) bitOf.set(group, 1 << bitOf.size)
  const markOf = Int32Array.from(groups, (group) => bitOf.get(group) ?? 0)
  const setMarks = sets.map((set, number) => {
    if (taken[number] !== true) return -1
    let marks = 0
    for (let unit = 0; unit < 256; unit++) if (set[unit] === 1) marks |= markOf[unit] ?? 0
    return marks
  })
  return { markOf, setMarks }
}
