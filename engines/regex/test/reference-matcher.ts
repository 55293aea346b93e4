/** A pattern as a test makes it; `text` writes it down, `findReference` says what it matches. */
export type Shape =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'set'; readonly chars: string; readonly negated: boolean }
  | { readonly kind: 'any' }
  | { readonly kind: 'start' | 'end' | 'border' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Shape[] }
  | { readonly kind: 'group'; readonly part: Shape }
  | {
      readonly kind: 'loop'
      readonly part: Shape
      readonly min: number
      readonly max: number
      readonly lazy: boolean
    }
  /** As many as there are, and none given back. */
  | { readonly kind: 'run'; readonly of: One; readonly min: number }

/** What takes one character. */
export type One = Shape & { readonly kind: 'char' | 'set' | 'any' }

/** The pattern in the syntax that all dialects share; runs only PCRE has. */
export function text(shape: Shape): string {
  switch (shape.kind) {
    case 'char':
      return shape.char.replace(/[.*+?()[\]{}|^$\\]/, '\\$&')
    case 'set':
      return `[${shape.negated ? '^' : ''}${shape.chars.replaceAll(/[\]\\^-]/g, '\\$&')}]`
    case 'any':
      return '.'
    case 'start':
      return '^'
    case 'end':
      return '$'
    case 'border':
      return '\\b'
    case 'sequence':
      return shape.parts.map((part) => (part.kind === 'choice' ? `(?:${text(part)})` : text(part))).join('')
    case 'choice':
      return shape.parts.map(text).join('|')
    case 'group':
      return `(${text(shape.part)})`
    case 'loop':
      return `(?:${text(shape.part)})${bounds(shape)}${shape.lazy ? '?' : ''}`
    case 'run':
      return `${text(shape.of)}${shape.min === 0 ? '*' : shape.min === 1 ? '+' : bounds({ ...shape, max: Infinity })}+`
  }
}

function bounds({ min, max }: { readonly min: number; readonly max: number }): string {
  if (max === Infinity) return `{${min},}`
  return min === max ? `{${min}}` : `{${min},${max}}`
}

/** Number of groups in a pattern. */
export function countGroups(shape: Shape): number {
  switch (shape.kind) {
    case 'sequence':
    case 'choice':
      return shape.parts.reduce((sum, part) => sum + countGroups(part), 0)
    case 'group':
      return 1 + countGroups(shape.part)
    case 'loop':
      return countGroups(shape.part)
    case 'char':
    case 'set':
    case 'any':
    case 'start':
    case 'end':
    case 'border':
    case 'run':
      return 0
  }
}

/** Slots of a match that is being tried: two for each group, -1 where it took no part. */
type Slots = readonly number[]
type Next = (at: number, slots: Slots) => Slots | null

/** Whether a pattern can match nothing; loops over such are left out by the tests, engines differ in them. */
export function mayBeEmpty(shape: Shape): boolean {
  switch (shape.kind) {
    case 'char':
    case 'set':
    case 'any':
      return false
    case 'start':
    case 'end':
    case 'border':
      return true
    case 'sequence':
      return shape.parts.every(mayBeEmpty)
    case 'choice':
      return shape.parts.some(mayBeEmpty)
    case 'group':
      return mayBeEmpty(shape.part)
    case 'loop':
      return shape.min === 0 || mayBeEmpty(shape.part)
    case 'run':
      return shape.min === 0
  }
}

/**
 * The match that comes first, by trying everything in order and going back: slow, and so plain that it can be checked by
 * reading. Null when nothing matches; undefined when more than `fuel` steps would be needed.
 */
export function findReference(shape: Shape, input: string, fuel = 20_000): Slots | null | undefined {
  const matcher = new Backtracker(input, fuel)
  const slots = Array.from({ length: 2 * (countGroups(shape) + 1) }, () => -1)
  try {
    for (let start = 0; start <= input.length; start++) {
      const found = matcher.match(shape, 1, { at: start, slots }, (end, all) =>
        all.with(0, start).with(1, end),
      )
      if (found !== null) return found
    }
    return null
  } catch (error) {
    if (error === outOfFuel) return undefined
    throw error
  }
}

const outOfFuel = new Error('out of fuel')

class Backtracker {
  private readonly input: string
  private fuel: number

  constructor(input: string, fuel: number) {
    this.input = input
    this.fuel = fuel
  }

  /** Tries a part with groups numbered from `group`; `next` goes on behind it. */
  match(shape: Shape, group: number, from: { at: number; slots: Slots }, next: Next): Slots | null {
    if (--this.fuel < 0) throw outOfFuel
    const { at, slots } = from
    switch (shape.kind) {
      case 'char':
      case 'set':
      case 'any':
        return at < this.input.length && takes(shape, this.input[at] ?? '') ? next(at + 1, slots) : null
      case 'start':
        return at === 0 ? next(at, slots) : null
      case 'end':
        return at === this.input.length ? next(at, slots) : null
      case 'border':
        return isWord(this.input[at - 1]) !== isWord(this.input[at]) ? next(at, slots) : null
      case 'sequence':
        return this.sequence(shape.parts, group, from, next)
      case 'choice': {
        let first = group
        for (const part of shape.parts) {
          const found = this.match(part, first, from, next)
          if (found !== null) return found
          first += countGroups(part)
        }
        return null
      }
      case 'group':
        return this.match(shape.part, group + 1, from, (end, inner) =>
          next(end, inner.with(2 * group, at).with(2 * group + 1, end)),
        )
      case 'loop':
        return this.loop({ ...shape, group, done: 0 }, from, next)
      case 'run':
        return this.run(shape, from, next)
    }
  }

  private run(
    { of, min }: { of: One; min: number },
    { at, slots }: { at: number; slots: Slots },
    next: Next,
  ): Slots | null {
    let end = at
    while (end < this.input.length && takes(of, this.input[end] ?? '')) end++
    this.fuel -= end - at
    return end - at >= min ? next(end, slots) : null
  }

  private sequence(
    parts: readonly Shape[],
    group: number,
    { at, slots }: { at: number; slots: Slots },
    next: Next,
  ): Slots | null {
    const [first, ...rest] = parts
    if (first === undefined) return next(at, slots)
    return this.match(first, group, { at, slots }, (end, inner) =>
      this.sequence(rest, group + countGroups(first), { at: end, slots: inner }, next),
    )
  }

  private loop(
    loop: { part: Shape; min: number; max: number; lazy: boolean; group: number; done: number },
    from: { at: number; slots: Slots },
    next: Next,
  ): Slots | null {
    const again = (): Slots | null =>
      loop.done >= loop.max
        ? null
        : this.match(loop.part, loop.group, from, (at, slots) =>
            this.loop({ ...loop, done: loop.done + 1 }, { at, slots }, next),
          )
    if (loop.done < loop.min) return again()
    const stop = (): Slots | null => next(from.at, from.slots)
    return loop.lazy ? (stop() ?? again()) : (again() ?? stop())
  }
}

function takes(shape: One, char: string): boolean {
  if (shape.kind === 'any') return char !== '\n'
  return shape.kind === 'char' ? char === shape.char : shape.chars.includes(char) !== shape.negated
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /^\w$/.test(char)
}
