import { endsOperand, operatorWords, readTokens } from './tokens.ts'
import type { Token } from './tokens.ts'

/** Names of the functions that rewritten sources call. */
export const addName = '__sevenfoldAdd'
export const templateName = '__sevenfoldTemplate'
const longestSource = 2_097_152

interface Range {
  readonly start: number
  /** Exclusive; both are indexes of tokens. */
  readonly end: number
}

/** `a + b + c`. */
interface Chain extends Range {
  readonly operands: readonly Range[]
  /** Of `x += …`: the tokens of x. */
  readonly target?: Range
}

function closings(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  const open: number[] = []
  for (const [i, { kind, text }] of tokens.entries()) {
    if (kind !== 'mark') continue
    if (text === '(' || text === '[' || text === '{') open.push(i)
    else if (text === ')' || text === ']' || text === '}') {
      const start = open.pop()
      if (start === undefined) continue
      found.set(start, i)
      found.set(i, start)
    }
  }
  return found
}

const prefixes = new Set(['!', '~', '+', '-', '++', '--', 'typeof', 'void', 'delete', 'await', 'new'])
const products = new Set(['*', '/', '%', '**'])
/** Words that begin an operand which is not read here. */
const unread = new Set(['function', 'class', 'async', 'yield', 'import', 'super'])

/** Reads the operands of additions in a list of tokens. */
class OperandReader {
  readonly #tokens: readonly Token[]
  readonly #pairs: ReadonlyMap<number, number>

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
    this.#pairs = closings(tokens)
  }

  #is(at: number, text: string): boolean {
    const token = this.#tokens[at]
    return token?.kind === 'mark' && token.text === text
  }

  /** Index behind the operand that starts here; undefined for one that is not understood. */
  end(start: number): number | undefined {
    let at: number | undefined = start
    for (;;) {
      at = this.#simpleEnd(at)
      if (at === undefined) return undefined
      const next = this.#tokens[at]
      if (next?.kind !== 'mark' || !products.has(next.text)) return at
      at += 1
    }
  }

  #simpleEnd(start: number): number | undefined {
    let at = start
    while (prefixes.has(this.#tokens[at]?.text ?? '') && this.#tokens[at]?.kind !== 'string') at += 1
    const first = this.#tokens[at]
    if (first === undefined) return undefined
    if (first.kind === 'mark') {
      if (first.text !== '(' && first.text !== '[') return undefined
      at = this.#pairs.get(at) ?? Number.NaN
      if (Number.isNaN(at)) return undefined
    } else if (first.kind === 'word' && (unread.has(first.text) || operatorWords.has(first.text)))
      return undefined
    return this.#tailEnd(at + 1)
  }

  /** Behind members, calls and indexes. */
  #tailEnd(start: number): number | undefined {
    let at = start
    for (;;) {
      const token = this.#tokens[at]
      if (token === undefined) return at
      if (token.kind === 'template') at += 1
      else if (token.kind !== 'mark') return at
      else if (token.text === '.' || token.text === '?.') {
        const member = this.#tokens[at + 1]
        if (member?.kind === 'word') at += 2
        else if (member?.text === '(' || member?.text === '[') at += 1
        else return undefined
      } else if (token.text === '(' || token.text === '[') {
        const close = this.#pairs.get(at)
        if (close === undefined) return undefined
        at = close + 1
      } else if ((token.text === '++' || token.text === '--') && !token.isAfterLine) at += 1
      else if (token.text === '=>') return undefined
      else return at
    }
  }

  /** Index of the first token of the operand that ends before `end`; undefined for one that is not understood. */
  start(end: number): number | undefined {
    let at = end - 1
    for (;;) {
      const token = this.#tokens[at]
      if (token === undefined || !endsOperand(token)) return undefined
      if (token.kind === 'mark') {
        if (token.text !== ')' && token.text !== ']') return undefined
        const open = this.#pairs.get(at)
        if (open === undefined) return undefined
        at = open
      }
      const before = this.#tokens[at - 1]
      if (before === undefined) return at
      const isBracket = this.#is(at, '(') || this.#is(at, '[')
      if (isBracket && this.#is(at - 1, '}')) return undefined
      if (this.#is(at - 1, '.') || this.#is(at - 1, '?.')) at -= 2
      else if ((isBracket || token.kind === 'template') && endsOperand(before)) at -= 1
      else if (isBracket && before.kind === 'word' && operatorWords.has(before.text)) {
        if (/^(?:if|while|for|switch|with|catch|function)$/.test(before.text)) return undefined
        return this.#behindPrefixes(at)
      } else if (before.kind === 'mark' && products.has(before.text)) at -= 2
      else return this.#behindPrefixes(at)
    }
  }

  #behindPrefixes(first: number): number | undefined {
    let at = first
    for (;;) {
      const before = this.#tokens[at - 1]
      if (before === undefined) return at
      const isSign = before.kind === 'mark' && (before.text === '+' || before.text === '-')
      if (isSign ? endsOperand(this.#tokens[at - 2]) : !prefixes.has(before.text) || before.kind === 'string')
        break
      at -= 1
    }
    const before = this.#tokens[at - 1]
    if (before?.kind !== 'mark') return at
    if (products.has(before.text)) return this.start(at - 1)
    return before.text === '-' || before.text === '.' ? undefined : at
  }
}

function readChain(reader: OperandReader, tokens: readonly Token[], plus: number): Chain | undefined {
  const start = reader.start(plus)
  if (start === undefined || tokens[start - 1]?.text === '+') return undefined
  return chainFrom(reader, tokens, start)
}

function chainFrom(reader: OperandReader, tokens: readonly Token[], start: number): Chain | undefined {
  const operands: Range[] = []
  let at = start
  for (;;) {
    const end = reader.end(at)
    if (end === undefined) return undefined
    operands.push({ start: at, end })
    const next = tokens[end]
    if (next?.kind === 'mark' && next.text === '-') return undefined
    if (next?.kind !== 'mark' || next.text !== '+') return { start, end, operands }
    at = end + 1
  }
}

function isLiteral(tokens: readonly Token[], { start, end }: Range, kind: Token['kind']): boolean {
  return end === start + 1 && tokens[start]?.kind === kind
}

/** Sums of numbers stay as they are. */
function isWorth(tokens: readonly Token[], { operands }: Chain): boolean {
  const has = (kind: Token['kind']): boolean => operands.some((operand) => isLiteral(tokens, operand, kind))
  if (operands.every((operand) => isLiteral(tokens, operand, 'string'))) return false
  return has('string') || has('template') || !has('number')
}

function readAppend(reader: OperandReader, tokens: readonly Token[], at: number): Chain | undefined {
  let start = at - 1
  if (tokens[start]?.kind !== 'word') return undefined
  while (tokens[start - 1]?.text === '.' && tokens[start - 2]?.kind === 'word') start -= 2
  const before = tokens[start - 1]
  const startsStatement =
    before === undefined ||
    (before.kind === 'mark' && /^(?:[;{}(,:)]|=>)$/.test(before.text)) ||
    (tokens[start]?.isAfterLine === true && endsOperand(before))
  if (!startsStatement || tokens[start]?.text.startsWith('#') === true) return undefined
  const sum = chainFrom(reader, tokens, at + 1)
  if (sum === undefined) return undefined
  const next = tokens[sum.end]
  const ends =
    next === undefined ||
    (next.kind === 'mark' && /^[;)},\]]$/.test(next.text)) ||
    (next.isAfterLine && next.kind !== 'mark')
  if (!ends || (sum.operands.length === 1 && isLiteral(tokens, sum, 'number'))) return undefined
  return { start, end: sum.end, operands: sum.operands, target: { start, end: at } }
}

class Rewriter {
  readonly #source: string
  readonly #tokens: readonly Token[]
  readonly #chains = new Map<number, Chain>()
  readonly #site: (offset: number) => string
  count = 0

  constructor(source: string, offset: number, site: (offset: number) => string) {
    this.#source = source
    this.#site = (at) => site(at + offset)
    this.#tokens = readTokens(source)
    const reader = new OperandReader(this.#tokens)
    for (const [i, { kind, text }] of this.#tokens.entries()) {
      if (kind !== 'mark') continue
      const chain =
        text === '+' && endsOperand(this.#tokens[i - 1])
          ? readChain(reader, this.#tokens, i)
          : text === '+='
            ? readAppend(reader, this.#tokens, i)
            : undefined
      if (chain !== undefined && isWorth(this.#tokens, chain)) this.#chains.set(chain.start, chain)
    }
  }

  all(): string {
    const { length } = this.#tokens
    const first = this.#tokens[0]
    if (first === undefined) return this.#source
    const last = this.#tokens[length - 1]
    return (
      this.#source.slice(0, first.start) +
      this.#emit({ start: 0, end: length }) +
      this.#source.slice(last?.end)
    )
  }

  /** A range with what it contains rewritten; the space between its tokens is kept. */
  #emit({ start, end }: Range): string {
    let text = ''
    let at = start
    while (at < end) {
      const chain = this.#chains.get(at)
      const token = this.#tokens[at]
      if (token === undefined) break
      const before = this.#tokens[at - 1]
      if (at > start && before !== undefined) text += this.#source.slice(before.end, token.start)
      if (chain !== undefined && chain.end <= end) {
        this.#chains.delete(at)
        text += this.#chain(chain)
        at = chain.end
        continue
      }
      text += token.kind === 'template' ? this.#template(token, at) : token.text
      at += 1
    }
    return text
  }

  #chain({ start, operands, target }: Chain): string {
    const from = this.#tokens[start]?.start ?? 0
    // Which operands are literals, as bits: a constant that looks like an input is none.
    const literals = operands.reduce(
      (bits, operand, i) => (i < 30 && isLiteral(this.#tokens, operand, 'string') ? bits | (1 << i) : bits),
      0,
    )
    const list = operands
      .map((operand, i) => this.#linesBefore(operand, operands[i - 1]) + this.#emit(operand))
      .join(',')
    this.count += 1
    const head = `${addName}(${JSON.stringify(this.#site(from))},`
    if (target === undefined) return `${head}${literals},${list})`
    const name = this.#source.slice(this.#tokens[target.start]?.start, this.#tokens[target.end - 1]?.end)
    const sum = operands.length === 1 ? list : `${head}${literals},${list})`
    return `${name} = ${head}0,${name},${sum})`
  }

  /** The line ends between two operands, so that lines keep their numbers. */
  #linesBefore(operand: Range, previous: Range | undefined): string {
    const from = previous === undefined ? undefined : this.#tokens[previous.end - 1]?.end
    const to = this.#tokens[operand.start]?.start
    return from === undefined ? '' : this.#source.slice(from, to).replaceAll(/[^\n]/g, '')
  }

  #template(token: Token, at: number): string {
    const { substitutions = [] } = token
    if (substitutions.length === 0) return token.text
    let text = ''
    let from = token.start
    for (const { start, end } of substitutions) {
      const inner = new Rewriter(this.#source.slice(start, end), start, this.#site)
      text += this.#source.slice(from, start) + inner.all()
      from = end
    }
    text += this.#source.slice(from, token.end)
    const before = this.#tokens[at - 1]
    if (endsOperand(before) && before?.text !== '}' && !(token.isAfterLine && before?.kind === 'string'))
      return text
    this.count += 1
    return `${templateName}(${JSON.stringify(this.#site(token.start))})${text}`
  }
}

/**
 * Rewrites concatenations and template literals to calls that follow inputs through them. Line numbers stay. Gives the
 * source itself when there is nothing to rewrite or it is not understood.
 */
export function rewriteSource(source: string, site: (offset: number) => string): string {
  if (source.length > longestSource || !/[+`]/.test(source)) return source
  const rewriter = new Rewriter(source, 0, site)
  const text = rewriter.all()
  return rewriter.count === 0 ? source : text
}
