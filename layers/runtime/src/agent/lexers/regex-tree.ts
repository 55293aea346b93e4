import { doOverlap, inAnyCase, inverted, pairsOf, rangesOf } from './code-ranges.ts'
import type { CodeRanges } from './code-ranges.ts'

/** A regular expression as far as its backtracking is concerned (ECMA-262, section 22.2.1). */
export type RegexNode =
  | { readonly kind: 'set'; readonly codes: CodeRanges }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly items: readonly RegexNode[] }
  | {
      readonly kind: 'repeat'
      readonly item: RegexNode
      readonly min: number
      readonly max: number
      readonly isLazy: boolean
    }
  | { readonly kind: 'look'; readonly item: RegexNode; readonly isNegative: boolean }
  | { readonly kind: 'start' | 'end' | 'boundary' | 'inside' }

/** Longest pattern that is read. */
export const maxPattern = 4_096
const maxDepth = 40

const digits: CodeRanges = [48, 57]
/** What `\w` stands for. */
export const wordCodes: CodeRanges = [48, 57, 65, 90, 95, 95, 97, 122]
const spaces: CodeRanges = [
  9, 13, 32, 32, 160, 160, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f,
  0x3000, 0x3000, 0xfeff, 0xfeff,
]
const lineEnds: CodeRanges = [10, 10, 13, 13, 0x2028, 0x2029]
const notLineEnds = inverted(lineEnds)
const everything = inverted([])

const shorthand: Readonly<Record<string, CodeRanges>> = {
  d: digits,
  D: inverted(digits),
  w: wordCodes,
  W: inverted(wordCodes),
  s: spaces,
  S: inverted(spaces),
}
const control: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, v: 11, f: 12, '0': 0 }

class Unread extends Error {}

/** Least and most times of what one mark repeats. */
const simpleTimes: Readonly<Record<string, readonly [min: number, max: number]>> = {
  '*': [0, Infinity],
  '+': [1, Infinity],
  '?': [0, 1],
}
const countedTimes = /\{(\d+)(,?)(\d*)\}/y
const groupOpening = /\?(?::|=|!|<=|<!|<[^>]{1,64}>)/y
const hexDigits = /u[\da-fA-F]{4}|x[\da-fA-F]{2}/y
const unreadEscapes = 'pPcux'

// Characters are asked for in place: a method of one line is called so often at the start of a process that V8 compiles it.
class Parser {
  readonly #pattern: string
  readonly #flags: string
  #at = 0
  #depth = 0

  constructor(pattern: string, flags: string) {
    this.#pattern = pattern
    this.#flags = flags
  }

  parse(): RegexNode {
    const node = this.#choice()
    if (this.#at < this.#pattern.length) throw new Unread('a parenthesis too many')
    return node
  }

  /** What a sticky pattern finds here. */
  #find(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.#at
    return sticky.exec(this.#pattern)
  }

  #choice(): RegexNode {
    this.#depth += 1
    if (this.#depth > maxDepth) throw new Unread('too deep')
    const items: RegexNode[] = [this.#sequence()]
    while (this.#pattern[this.#at] === '|') {
      this.#at += 1
      items.push(this.#sequence())
    }
    this.#depth -= 1
    const [only] = items
    return items.length === 1 && only !== undefined ? only : { kind: 'choice', items }
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = []
    for (
      let mark = this.#pattern[this.#at];
      mark !== undefined && mark !== '|' && mark !== ')';
      mark = this.#pattern[this.#at]
    )
      items.push(this.#quantified(this.#atom()))
    return { kind: 'sequence', items }
  }

  #quantified(item: RegexNode): RegexNode {
    const times = this.#times()
    if (times === undefined) return item
    const isLazy = this.#pattern[this.#at] === '?'
    if (isLazy) this.#at += 1
    return { kind: 'repeat', item, min: times[0], max: times[1], isLazy }
  }

  /** How often the item before is repeated; undefined where no quantifier stands. */
  #times(): readonly [min: number, max: number] | undefined {
    const mark = this.#pattern[this.#at] ?? ''
    if (mark !== '{') {
      const times = simpleTimes[mark]
      if (times !== undefined) this.#at += 1
      return times
    }
    const [text, from, comma, to] = this.#find(countedTimes) ?? []
    if (text === undefined) return undefined // a brace that stands for itself
    this.#at += text.length
    const min = Number(from)
    if (comma === '') return [min, min]
    return [min, to === '' ? Infinity : Number(to)]
  }

  #atom(): RegexNode {
    const mark = this.#pattern[this.#at] ?? ''
    this.#at += 1
    if (mark === '(') return this.#group()
    if (mark === '[') return this.#set(this.#class())
    if (mark === '.') return this.#set(this.#flags.includes('s') ? everything : notLineEnds)
    if (mark === '^') return { kind: 'start' }
    if (mark === '$') return { kind: 'end' }
    if (mark === '\\') return this.#escape()
    const code = mark.charCodeAt(0)
    return this.#set([code, code])
  }

  #set(codes: CodeRanges): RegexNode {
    return { kind: 'set', codes: this.#flags.includes('i') ? inAnyCase(codes) : codes }
  }

  #group(): RegexNode {
    const [opening = ''] = (this.#pattern[this.#at] === '?' ? this.#find(groupOpening) : null) ?? []
    if (opening.startsWith('?<=') || opening.startsWith('?<!')) throw new Unread('looks behind')
    this.#at += opening.length
    const item = this.#choice()
    if (this.#pattern[this.#at] !== ')') throw new Unread('an open parenthesis')
    this.#at += 1
    return opening === '?=' || opening === '?!' ? { kind: 'look', item, isNegative: opening === '?!' } : item
  }

  #escape(): RegexNode {
    const mark = this.#pattern[this.#at] ?? ''
    if (mark === 'b' || mark === 'B') {
      this.#at += 1
      return { kind: mark === 'b' ? 'boundary' : 'inside' }
    }
    if ((mark >= '1' && mark <= '9') || mark === 'k') throw new Unread('refers back')
    const found = this.#escaped()
    return this.#set(typeof found === 'number' ? [found, found] : found)
  }

  /** What stands behind a backslash: one character, or a set. */
  #escaped(): number | CodeRanges {
    const mark = this.#pattern[this.#at] ?? ''
    const found = mark === 'u' || mark === 'x' ? this.#find(hexDigits) : null
    if (found !== null) {
      this.#at += found[0].length
      return Number.parseInt(found[0].slice(1), 16)
    }
    if (unreadEscapes.includes(mark)) throw new Unread('an escape that is not read')
    this.#at += 1
    return shorthand[mark] ?? control[mark] ?? mark.charCodeAt(0)
  }

  #class(): CodeRanges {
    const isNegative = this.#pattern[this.#at] === '^'
    if (isNegative) this.#at += 1
    const parts: (readonly [number, number])[] = []
    for (let mark = this.#pattern[this.#at]; mark !== ']'; mark = this.#pattern[this.#at]) {
      if (mark === undefined) throw new Unread('an open class')
      const from = this.#member()
      const isRange =
        typeof from === 'number' && this.#pattern[this.#at] === '-' && this.#pattern[this.#at + 1] !== ']'
      if (!isRange) {
        if (typeof from === 'number') parts.push([from, from])
        else parts.push(...pairsOf(from))
        continue
      }
      this.#at += 1
      const to = this.#member()
      if (typeof to !== 'number') throw new Unread('a range without an end')
      if (from <= to) parts.push([from, to])
    }
    this.#at += 1
    const codes = rangesOf(parts)
    return isNegative ? inverted(codes) : codes
  }

  #member(): number | CodeRanges {
    const mark = this.#pattern[this.#at] ?? ''
    this.#at += 1
    if (mark !== '\\') return mark.charCodeAt(0)
    if (this.#pattern[this.#at] === 'b') {
      this.#at += 1
      return 8
    }
    return this.#escaped()
  }
}

/** Reads a pattern; undefined for one that uses what is not read here: looking behind, references, properties. */
export function readRegex(pattern: string, flags: string): RegexNode | undefined {
  if (pattern.length > maxPattern || flags.includes('v')) return undefined
  try {
    return new Parser(pattern, flags).parse()
  } catch (error) {
    if (error instanceof Unread) return undefined
    throw error
  }
}

/** What a node can begin with; undefined when that is not one set. */
function firstOf(node: RegexNode): CodeRanges | undefined {
  if (node.kind === 'set') return node.codes
  if (node.kind === 'repeat') return node.min > 0 ? firstOf(node.item) : undefined
  const [first] = node.kind === 'sequence' ? node.items : []
  return first === undefined ? undefined : firstOf(first)
}

function areDistinct(items: readonly RegexNode[]): boolean {
  const firsts = items.map(firstOf)
  return firsts.every((first, i) =>
    firsts
      .slice(i + 1)
      .every((other) => first !== undefined && other !== undefined && !doOverlap(first, other)),
  )
}

/** A part that must be there and shares no character with a run beside it says where the run ends. */
function isDelimited(run: RegexNode & { kind: 'repeat' }, items: readonly RegexNode[]): boolean {
  const { item } = run
  if (item.kind !== 'set') return false
  return items.some((other) => {
    const first = other === run ? undefined : firstOf(other)
    return first !== undefined && other.kind !== 'sequence' && !doOverlap(first, item.codes)
  })
}

/** Can one text be read as this in several ways, once it is repeated? */
function holdsEndless(node: RegexNode): boolean {
  switch (node.kind) {
    case 'repeat':
      return node.max > Math.max(1, node.min) || holdsEndless(node.item)
    case 'choice':
      return !areDistinct(node.items) || node.items.some((item) => holdsEndless(item))
    case 'sequence':
      return node.items.some((item) =>
        item.kind === 'repeat' && item.max > Math.max(1, item.min)
          ? !isDelimited(item, node.items)
          : holdsEndless(item),
      )
    case 'look':
      return holdsEndless(node.item)
    case 'set':
    case 'start':
    case 'end':
    case 'boundary':
    case 'inside':
      return false
  }
}

// What is escaped, sets, groups, and what repeats or chooses; `{3}` and `?` add no second way to read a text.
const nesting = /\\[^]|\[(?:[^\\\]]|\\[^])*\]|\((?:\?<?[:=!]?)?|\)|[*+|]|\{\d+,\d*\}/g

/**
 * Is a group repeated in which something is repeated or chosen? A look at the text alone: false says that no tree of this
 * pattern can explode.
 */
export function mayExplode(pattern: string): boolean {
  const groups: boolean[] = [false]
  for (const { 0: mark, index } of pattern.matchAll(nesting)) {
    const last = groups.length - 1
    if (mark.startsWith('(')) groups.push(false)
    else if (mark === ')') {
      const inner = groups.pop() === true
      if (inner && /[*+{]/.test(pattern[index + 1] ?? '')) return true
      if (inner) groups[Math.max(0, last - 1)] = true
    } else if (!mark.startsWith('\\') && !mark.startsWith('[')) groups[last] = true
  }
  return false
}

/** True when something repeated can itself be repeated or chosen in several ways: then backtracking can be exponential. */
export function canExplode(node: RegexNode): boolean {
  switch (node.kind) {
    case 'repeat':
      return (node.max > 8 && holdsEndless(node.item)) || canExplode(node.item)
    case 'choice':
    case 'sequence':
      return node.items.some((item) => canExplode(item))
    case 'look':
      return canExplode(node.item)
    case 'set':
    case 'start':
    case 'end':
    case 'boundary':
    case 'inside':
      return false
  }
}
