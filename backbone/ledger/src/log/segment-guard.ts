import { closeSync, openSync, readSync } from 'node:fs'
import { listSegments, segmentBytes } from '../segments/segment-name.ts'
import type { SegmentFile } from '../segments/segment-name.ts'

/**
 * Notices when files of the log go away, shrink or lose their beginning while the ledger runs: the log itself only
 * appends, and only its own retention removes a segment. A cut file grows back to its length at once, because the
 * writer goes on where it was; then there is a hole where its first line stood.
 */
export class SegmentGuard {
  readonly #folder: string
  #known = new Map<number, number>()

  constructor(folder: string) {
    this.#folder = folder
    this.look()
  }

  /** What retention has just removed is no loss. */
  retained(oldest: number): void {
    for (const first of this.#known.keys()) if (first < oldest) this.#known.delete(first)
  }

  /** A segment that we have just packed is smaller on purpose. */
  packed(first: number): void {
    this.#known.delete(first)
  }

  /** Numbers of the first entries of segments that are gone, shorter or begin with a hole; each is told once. */
  look(): readonly number[] {
    const found = new Map<number, number>()
    const holes = new Set<number>()
    for (const segment of listSegments(this.#folder)) {
      const bytes = segmentBytes(segment)
      const isNew = !this.#known.has(segment.first)
      // A closed segment that kept its length is not opened again.
      const hasHole = bytes !== this.#known.get(segment.first) && beginsWithHole(segment)
      found.set(segment.first, hasHole ? -1 : bytes)
      if (hasHole && (isNew || this.#known.get(segment.first) !== -1)) holes.add(segment.first)
    }
    const lost = [...this.#known]
      .filter(([first, bytes]) => (found.get(first) ?? -2) < bytes && found.get(first) !== -1)
      .map(([first]) => first)
    this.#known = found
    return [...lost, ...holes].toSorted((a, b) => a - b)
  }
}

/** Every line begins with a brace; a hole reads as zero bytes. */
function beginsWithHole({ path }: SegmentFile): boolean {
  try {
    const fd = openSync(path, 'r')
    try {
      const first = Buffer.alloc(1)
      return readSync(fd, first, 0, 1, 0) === 1 && first[0] === 0
    } finally {
      closeSync(fd)
    }
  } catch {
    return false // it went away just now; the next look says so
  }
}
