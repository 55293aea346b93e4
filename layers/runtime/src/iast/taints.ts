import type { RequestContext } from '../agent/request-context.ts'
import { sourcesOf } from './sources.ts'
import type { Source } from './sources.ts'

/** What was done to an input on its way. */
export interface Step {
  readonly operation: string
  /** `file:line:column`; empty where it is not known. */
  readonly place: string
}

/** For which readers a value was made harmless. */
export type Safety = 'quotes' | 'markup' | 'path' | 'url' | 'checked'

/** A part of a text that came with the request. */
export interface Mark {
  readonly start: number
  /** Exclusive. */
  readonly end: number
  readonly source: Source
  readonly steps: readonly Step[]
  readonly safe: readonly Safety[]
}

/** Texts of one request that are followed, marks of one text, steps of one mark. */
export const maxTexts = 4_000
export const maxMarks = 64
export const maxSteps = 24
/** Shortest piece that is taken for a part of an input by its characters alone. */
const shortestPiece = 3

/**
 * The texts of one request that hold inputs, by value: two equal texts of one request are taken for the same, which is
 * what they are nearly always.
 */
export class Taints {
  readonly #context: RequestContext
  readonly #texts = new Map<string, readonly Mark[]>()
  readonly #buffers = new WeakMap<object, readonly Mark[]>()
  #sources: readonly Source[] = []
  #seenBytes = -1

  constructor(context: RequestContext) {
    this.#context = context
  }

  /** The marks of a text; undefined for one that holds no input. */
  of(text: string): readonly Mark[] | undefined {
    if (text.length < 2) return undefined
    this.#refresh()
    return this.#texts.get(text)
  }

  /** The inputs themselves. */
  sources(): readonly Source[] {
    this.#refresh()
    return this.#sources
  }

  /** Says what a text holds. */
  set(text: string, marks: readonly Mark[]): void {
    if (marks.length === 0 || text.length < 2) return
    if (this.#texts.size >= maxTexts && !this.#texts.has(text)) return
    this.#texts.set(text, marks.slice(0, maxMarks))
  }

  /** The marks of bytes that were made from a text. */
  ofBytes(bytes: object): readonly Mark[] | undefined {
    return this.#buffers.get(bytes)
  }

  /** Says what bytes hold. */
  setBytes(bytes: object, marks: readonly Mark[]): void {
    this.#buffers.set(bytes, marks)
  }

  /** A text that is a piece of an input, cut out by means that are not followed: groups, loops, packages. */
  pieceOf(text: string): readonly Mark[] | undefined {
    if (text.length < shortestPiece) return undefined
    const source = this.sources().find(({ value }) => value.length > text.length && value.includes(text))
    if (source === undefined) return undefined
    const marks = wholeMarks(
      text,
      [{ start: 0, end: text.length, source, steps: [], safe: [] }],
      'part of the input',
      '',
    )
    this.set(text, marks)
    return marks
  }

  #refresh(): void {
    const { bodyBytes } = this.#context
    if (this.#seenBytes === bodyBytes) return
    this.#seenBytes = bodyBytes
    this.#sources = sourcesOf(this.#context)
    for (const source of this.#sources)
      if (!this.#texts.has(source.value))
        this.#texts.set(source.value, [{ start: 0, end: source.value.length, source, steps: [], safe: [] }])
  }
}

/** Marks with one more step. */
export function stepped(marks: readonly Mark[], operation: string, place: string): readonly Mark[] {
  return marks.map((mark) =>
    mark.steps.length >= maxSteps ? mark : { ...mark, steps: [...mark.steps, { operation, place }] },
  )
}

/** Marks of a text that was changed as a whole: each reaches over all of it. */
export function wholeMarks(
  text: string,
  marks: readonly Mark[],
  operation: string,
  place: string,
): readonly Mark[] {
  const bySource = new Map(marks.map((mark) => [mark.source, mark]))
  return stepped(
    [...bySource.values()].map((mark) => ({ ...mark, start: 0, end: text.length })),
    operation,
    place,
  )
}

/** Marks moved by an offset and cut to a range. */
export function movedMarks(
  marks: readonly Mark[],
  by: number,
  limit: number = Number.POSITIVE_INFINITY,
): readonly Mark[] {
  return marks
    .map((mark) => ({ ...mark, start: Math.max(0, mark.start + by), end: Math.min(limit, mark.end + by) }))
    .filter(({ start, end }) => start < end)
}
