import { sigmaLimits } from '../limits.ts'
import { fold } from './fold.ts'

/** An event: flat Sigma fields (`"destination.port"`) or nested ECS objects; flat names win. */
export type SigmaEvent = Readonly<Record<string, unknown>>

/** Texts of a field: none, one, or one for each element of a list. */
export type FieldTexts = string | readonly string[] | undefined

/** Values of one event that are looked at. */
export const maxEventValues = 2_000
const maxNesting = 8

/** A field's value, by its flat name or along its dots. */
export function readField(event: SigmaEvent, name: string): unknown {
  if (Object.hasOwn(event, name)) return event[name]
  let current: unknown = event
  for (const key of name.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined
    current = (current as Record<string, unknown>)[key]
  }
  return current
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

function collect(value: unknown, depth: number, texts: string[]): void {
  if (texts.length >= maxEventValues || depth > maxNesting) return
  if (typeof value !== 'object' || value === null) {
    const text = textOf(value)
    if (text !== undefined) texts.push(text)
    return
  }
  for (const child of Object.values(value)) collect(child, depth + 1, texts)
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
      collect(this.#event, 0, texts)
      this.#all = texts
    }
    return this.#all
  }

  /** All values folded and joined by newlines, for the prefilter. */
  joined(): string {
    this.#joined ??= fold(this.all().join('\n'))
    return this.#joined
  }
}
