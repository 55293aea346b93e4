import type { LinkNeeds } from './link-needs.ts'

/** From so many bytes on, a text is first looked at in strides. */
export const longText = 1024

/** Longest stride; longer literals count by their beginning. */
const maxWindow = 8
/** Shortest literal that makes strides worth while. */
const minWindow = 3
/** One entry for each value of {@link blockOf}. */
const blockCount = 4096
/** Places looked at closely: so many, and one per so many bytes; texts with more are left to the full scan. */
const freeLooks = 32
const bytesPerLook = 32

/**
 * Tells for long texts whether any link may find something at all, with a look at every few bytes only (Wu and Manber,
 * "A fast algorithm for multi-pattern searching", 1994). Most long texts, such as uploaded files, hold nothing.
 */
export interface SkipScan {
  /** False only for texts that hold no literal of any link's first clause. */
  mayHold(text: string): boolean
}

/** The literals of the first clauses; null when a link can be met by single bytes or very short literals. */
export function skipLiterals(links: readonly (LinkNeeds | null)[]): readonly string[] | null {
  const literals = new Set<string>()
  for (const need of links) {
    if (need === null) continue
    const [first] = need.clauses
    if (first === undefined || need.orBytes !== null) return null
    for (const literal of first) {
      if (literal.length < minWindow) return null
      literals.add(literal)
    }
  }
  return literals.size === 0 ? null : [...literals]
}

/** So few literals that are shorter than all others are looked for apart. */
const mostApart = 2

/** The scan for the literals of {@link skipLiterals}; null without any. */
export function createSkipScan(literals: readonly string[] | null): SkipScan | null {
  if (literals === null) return null
  const all = new BlockScan(literals)
  const [shortest = '', next = ''] = literals.toSorted((left, right) => left.length - right.length)
  const apart = literals.filter(({ length }) => length < maxWindow && length === shortest.length)
  const rest = literals.filter((literal) => !apart.includes(literal))
  if (next === '' || apart.length > mostApart || rest.length === 0) return all
  // One short literal shortens the strides for all: where its beginning is nowhere, the others need no regard for it.
  const beginnings = apart.flatMap((literal) => spellings(literal.slice(0, 2)))
  const others = new BlockScan(rest)
  return {
    mayHold: (text) =>
      beginnings.some((beginning) => text.includes(beginning)) ? all.mayHold(text) : others.mayHold(text),
  }
}

/** A text in upper and lower case, letter by letter. */
function spellings(text: string): string[] {
  return [...text].reduce<string[]>(
    (known, unit) =>
      known.flatMap((start) =>
        [...new Set([unit.toLowerCase(), unit.toUpperCase()])].map((end) => start + end),
      ),
    [''],
  )
}

// Two neighbouring bytes, letters without case. Different blocks may share a number: that costs a closer look.
function blockOf(first: number, second: number): number {
  return (((first | 32) << 6) ^ ((second & 255) | 32)) & (blockCount - 1)
}

class BlockScan implements SkipScan {
  readonly #window: number
  /** How far the window may move on when it ends in a block. */
  readonly #strides: Uint8Array
  /** Literals whose window ends in a block. */
  readonly #literals: readonly (readonly string[] | undefined)[]

  constructor(literals: readonly string[]) {
    const window = literals.reduce((least, { length }) => Math.min(least, length), maxWindow)
    this.#window = window
    this.#strides = new Uint8Array(blockCount).fill(window - 1)
    const ends = new Array<string[] | undefined>(blockCount).fill(undefined)
    for (const literal of literals) {
      for (let at = 1; at < window; at++) {
        const block = blockOf(literal.charCodeAt(at - 1), literal.charCodeAt(at))
        this.#strides[block] = Math.min(this.#strides[block] ?? 0, window - 1 - at)
        if (at === window - 1) ends[block] = [...(ends[block] ?? []), literal]
      }
    }
    this.#literals = ends
  }

  mayHold(text: string): boolean {
    const strides = this.#strides
    const back = this.#window - 1
    const { length } = text
    let looks = freeLooks + Math.floor(length / bytesPerLook)
    let at = back
    while (at < length) {
      const block = blockOf(text.charCodeAt(at - 1), text.charCodeAt(at))
      const stride = strides[block] ?? 0
      at += stride
      if (stride > 0) continue
      if (--looks < 0 || this.#startsAt(text, at - back, block)) return true
      at++
    }
    return false
  }

  #startsAt(text: string, at: number, block: number): boolean {
    const literals = this.#literals[block]
    if (literals === undefined) return false
    for (const literal of literals) if (standsAt(text, at, literal)) return true
    return false
  }
}

function standsAt(text: string, at: number, literal: string): boolean {
  for (let index = 0; index < literal.length; index++) {
    const unit = text.charCodeAt(at + index) & 255
    const lower = unit >= 65 && unit <= 90 ? unit + 32 : unit
    if (lower !== literal.charCodeAt(index)) return false
  }
  return true
}
