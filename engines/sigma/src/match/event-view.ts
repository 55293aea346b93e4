import { sigmaLimits } from '../limits.ts'
import { fold } from './fold.ts'

/** An event: flat Sigma fields (`"destination.port"`) or nested ECS objects; flat names win. */
export type SigmaEvent = Readonly<Record<string, unknown>>

/** Texts of a field: none, one, or one for each element of a list. */
export type FieldTexts = string | readonly string[] | undefined

/** Values of one event that are looked at. */
export const maxEventValues = 2_000
const maxNesting = 8

/** Along the rest of a name; a list of objects gives the values of all of them. */
function readPath(value: unknown, keys: readonly string[], from: number): unknown {
  let current = value
  for (let at = from; at < keys.length; at += 1) {
    if (Array.isArray(current)) {
      const found = current
        .slice(0, maxEventValues)
        .map((item: unknown) => readPath(item, keys, at))
        .filter((item) => item !== undefined)
      return found.length === 0 ? undefined : found.flat()
    }
    const key = keys[at] ?? ''
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined
    current = (current as Record<string, unknown>)[key]
  }
  return current
}

/** A field's value, by its flat name or along its dots. */
export function readField(event: SigmaEvent, name: string): unknown {
  if (Object.hasOwn(event, name)) return event[name]
  return name.includes('.') ? readPath(event, name.split('.'), 0) : undefined
}

function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value.length > sigmaLimits.maxEventTextLength
        ? value.slice(0, sigmaLimits.maxEventTextLength)
        : value
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value)
    default:
      return undefined
  }
}

/** The texts of a value; objects have none. */
export function textsOf(value: unknown): FieldTexts {
  if (!Array.isArray(value)) return textOf(value)
  return value.slice(0, maxEventValues).flatMap((item: unknown) => textOf(item) ?? [])
}

/** Adds every text of a value; false when there were more than the limits take. */
function collect(value: unknown, depth: number, texts: string[]): boolean {
  if (typeof value !== 'object' || value === null) {
    const text = textOf(value)
    if (text === undefined) return true
    if (texts.length >= maxEventValues) return false
    texts.push(text)
    return true
  }
  if (depth > maxNesting) return false
  let isWhole = true
  for (const child of Object.values(value)) {
    if (collect(child, depth + 1, texts)) continue
    if (texts.length >= maxEventValues) return false
    isWhole = false
  }
  return isWhole
}

const unread = Symbol('unread')

/**
 * One event as the compiled rules see it: fields are read, turned into text and folded at most once, whatever the
 * number of rules. Reused for every event of a plan. Hot: bench/sigma measures it.
 */
export class EventView {
  readonly #fields: readonly string[]
  readonly #raw: unknown[]
  readonly #folded: (FieldTexts | typeof unread)[]
  #event: SigmaEvent = {}
  #all: readonly string[] | undefined
  #isWhole = true
  #joined: string | undefined

  constructor(fields: readonly string[]) {
    this.#fields = fields
    this.#raw = fields.map(() => unread)
    this.#folded = fields.map(() => unread)
  }

  /** Looks at another event. */
  reset(event: SigmaEvent): void {
    this.#event = event
    this.#raw.fill(unread)
    this.#folded.fill(unread)
    this.#all = undefined
    this.#joined = undefined
  }

  /** The value of field number `slot`; undefined when absent. */
  raw(slot: number): unknown {
    const known = this.#raw[slot]
    if (known !== unread) return known
    return (this.#raw[slot] = readField(this.#event, this.#fields[slot] ?? ''))
  }

  /** The texts of field number `slot` in their own letter case. */
  texts(slot: number): FieldTexts {
    return textsOf(this.raw(slot))
  }

  /** The folded texts of field number `slot`. */
  folded(slot: number): FieldTexts {
    const known = this.#folded[slot]
    if (known !== unread) return known
    const texts = this.texts(slot)
    return (this.#folded[slot] = typeof texts === 'string' ? fold(texts) : texts?.map(fold))
  }

  /** Every value of the event as text. */
  all(): readonly string[] {
    if (this.#all === undefined) {
      const texts: string[] = []
      this.#isWhole = collect(this.#event, 0, texts)
      this.#all = texts
    }
    return this.#all
  }

  /**
   * All values folded and joined by newlines, for the prefilter; undefined when the event holds more than was looked at,
   * so that nothing can be ruled out.
   */
  joined(): string | undefined {
    if (this.#joined === undefined) {
      const texts = this.all()
      if (!this.#isWhole) return undefined
      this.#joined = fold(texts.join('\n'))
    }
    return this.#joined
  }
}
