/** A regular expression as far as its backtracking is concerned (ECMA-262, section 22.2.1). */
export type RegexNode =
  | { readonly kind: 'set'; readonly has: (code: number) => boolean }
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

type Has = (code: number) => boolean

const isDigit: Has = (code) => code >= 48 && code <= 57
/** What `\w` stands for. */
export const isWordCode: Has = (code) =>
  isDigit(code) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95
const isSpace: Has = (code) =>
  (code >= 9 && code <= 13) ||
  code === 32 ||
  code === 160 ||
  code === 0xfeff ||
  (code >= 0x2000 && code <= 0x200a) ||
  code === 0x2028 ||
  code === 0x2029
const isLineEnd: Has = (code) => code === 10 || code === 13 || code === 0x2028 || code === 0x2029
const not =
  (has: Has): Has =>
  (code) =>
    !has(code)

const shorthand: Readonly<Record<string, Has>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWordCode,
  W: not(isWordCode),
  s: isSpace,
  S: not(isSpace),
}
const control: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, v: 11, f: 12, '0': 0 }

class Unread extends Error {}

function swapped(code: number): number {
  if (code >= 97 && code <= 122) return code - 32
  return code >= 65 && code <= 90 ? code + 32 : code
}

/** What a quantifier begins with. */
const quantifiers: ReadonlySet<string | undefined> = new Set(['*', '+', '?', '{'])

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

  #is(text: string): boolean {
    return this.#pattern.startsWith(text, this.#at)
  }

  #choice(): RegexNode {
    this.#depth += 1
    if (this.#depth > maxDepth) throw new Unread('too deep')
    const items: RegexNode[] = [this.#sequence()]
    while (this.#is('|')) {
      this.#at += 1
      items.push(this.#sequence())
    }
    this.#depth -= 1
    const [only] = items
    return items.length === 1 && only !== undefined ? only : { kind: 'choice', items }
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = []
    while (this.#at < this.#pattern.length && !this.#is('|') && !this.#is(')'))
      items.push(this.#quantified(this.#atom()))
    return { kind: 'sequence', items }
  }

  #quantified(item: RegexNode): RegexNode {
    if (!quantifiers.has(this.#pattern[this.#at])) return item
    const [text, mark, from, comma, to] =
      /^(?:([*+?])|\{(\d+)(,?)(\d*)\})/.exec(this.#pattern.slice(this.#at, this.#at + 24)) ?? []
    if (text === undefined) return item
    this.#at += text.length
    const isLazy = this.#is('?')
    if (isLazy) this.#at += 1
    const min = mark === undefined ? Number(from) : mark === '+' ? 1 : 0
    const max =
      mark === undefined
        ? comma === ''
          ? min
          : to === ''
            ? Number.POSITIVE_INFINITY
            : Number(to)
        : mark === '?'
          ? 1
          : Number.POSITIVE_INFINITY
    return { kind: 'repeat', item, min, max, isLazy }
  }

  #atom(): RegexNode {
    const mark = this.#pattern[this.#at] ?? ''
    this.#at += 1
    if (mark === '(') return this.#group()
    if (mark === '[') return this.#set(this.#class())
    if (mark === '.') return this.#set(this.#flags.includes('s') ? () => true : not(isLineEnd))
    if (mark === '^') return { kind: 'start' }
    if (mark === '$') return { kind: 'end' }
    if (mark === '\\') return this.#escape()
    const code = mark.charCodeAt(0)
    return this.#set((one) => one === code)
  }

  #set(has: Has): RegexNode {
    return { kind: 'set', has: this.#flags.includes('i') ? (code) => has(code) || has(swapped(code)) : has }
  }

  #group(): RegexNode {
    const [opening = ''] =
      /^\?(?::|=|!|<=|<!|<[^>]{1,64}>)/.exec(this.#pattern.slice(this.#at, this.#at + 70)) ?? []
    if (opening.startsWith('?<=') || opening.startsWith('?<!')) throw new Unread('looks behind')
    this.#at += opening.length
    const item = this.#choice()
    if (!this.#is(')')) throw new Unread('an open parenthesis')
    this.#at += 1
    return opening === '?=' || opening === '?!' ? { kind: 'look', item, isNegative: opening === '?!' } : item
  }

  #escape(): RegexNode {
    const mark = this.#pattern[this.#at] ?? ''
    if (mark === 'b' || mark === 'B') {
      this.#at += 1
      return { kind: mark === 'b' ? 'boundary' : 'inside' }
    }
    if (/[1-9k]/.test(mark)) throw new Unread('refers back')
    const found = this.#escaped()
    return this.#set(typeof found === 'number' ? (code) => code === found : found)
  }

  /** What stands behind a backslash: one character, or a set. */
  #escaped(): number | Has {
    const mark = this.#pattern[this.#at] ?? ''
    const set = shorthand[mark]
    const rest = this.#pattern.slice(this.#at, this.#at + 5)
    const hex = /^(?:u([\da-fA-F]{4})|x([\da-fA-F]{2}))/.exec(rest)
    const digits = hex?.[1] ?? hex?.[2]
    if (digits === undefined && /[pPcux]/.test(mark)) throw new Unread('an escape that is not read')
    this.#at += digits === undefined ? 1 : digits.length + 1
    if (digits !== undefined) return Number.parseInt(digits, 16)
    return set ?? control[mark] ?? mark.charCodeAt(0)
  }

  #class(): Has {
    const isNegative = this.#is('^')
    if (isNegative) this.#at += 1
    const parts: Has[] = []
    while (!this.#is(']')) {
      if (this.#at >= this.#pattern.length) throw new Unread('an open class')
      const from = this.#member()
      const isRange = typeof from === 'number' && this.#is('-') && this.#pattern[this.#at + 1] !== ']'
      if (!isRange) {
        parts.push(typeof from === 'number' ? (code) => code === from : from)
        continue
      }
      this.#at += 1
      const to = this.#member()
      if (typeof to !== 'number') throw new Unread('a range without an end')
      parts.push((code) => code >= from && code <= to)
    }
    this.#at += 1
    const has: Has = (code) => parts.some((part) => part(code))
    return isNegative ? not(has) : has
  }

  #member(): number | Has {
    const mark = this.#pattern[this.#at] ?? ''
    this.#at += 1
    if (mark !== '\\') return mark.charCodeAt(0)
    if (this.#is('b')) {
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

/** Codes by which two sets are compared: all of ASCII and a few beyond it. */
const samples: readonly number[] = [
  ...Array.from({ length: 128 }, (_, code) => code),
  0xa0,
  0xe9,
  0x4e00,
  0xd83d,
]

function overlap(one: Has, other: Has): boolean {
  return samples.some((code) => one(code) && other(code))
}

/** What a node can begin with; undefined when that is not one set. */
function firstOf(node: RegexNode): Has | undefined {
  if (node.kind === 'set') return node.has
  if (node.kind === 'repeat') return node.min > 0 ? firstOf(node.item) : undefined
  const [first] = node.kind === 'sequence' ? node.items : []
  return first === undefined ? undefined : firstOf(first)
}

function areDistinct(items: readonly RegexNode[]): boolean {
  const firsts = items.map(firstOf)
  return firsts.every((first, i) =>
    firsts
      .slice(i + 1)
      .every((other) => first !== undefined && other !== undefined && !overlap(first, other)),
  )
}

/** A part that must be there and shares no character with a run beside it says where the run ends. */
function isDelimited(run: RegexNode & { kind: 'repeat' }, items: readonly RegexNode[]): boolean {
  const { item } = run
  if (item.kind !== 'set') return false
  return items.some((other) => {
    const first = other === run ? undefined : firstOf(other)
    return first !== undefined && other.kind !== 'sequence' && !overlap(first, item.has)
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
