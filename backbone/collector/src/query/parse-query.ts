import { CollectorError } from '../collector-error.ts'
import { fieldOf, similarFields } from '../fields/fields.ts'
import type { Field } from '../fields/fields.ts'
import type { PatternPart, QueryNode, Test } from './query-node.ts'

/** Longest filter in characters, most terms, deepest parentheses. */
export const maxQueryLength = 2_000
export const maxQueryTerms = 64
export const maxQueryDepth = 16

type Token =
  | { readonly kind: '(' | ')' | 'and' | 'or' | 'not'; readonly at: number }
  | { readonly kind: 'term'; readonly at: number; readonly field: string | undefined; readonly value: Value }

interface Value {
  readonly text: string
  readonly quoted: boolean
}

function syntax(message: string, at: number): CollectorError {
  return new CollectorError('COLLECTOR_QUERY_SYNTAX', `${message} at character ${at + 1}`)
}

function readQuoted(query: string, start: number): { value: Value; end: number } {
  let text = ''
  for (let at = start + 1; at < query.length; at += 1) {
    const char = query[at] ?? ''
    if (char === '"') return { value: { text, quoted: true }, end: at + 1 }
    if (char === '\\' && at + 1 < query.length) {
      at += 1
      text += query[at] ?? ''
    } else text += char
  }
  throw syntax('the quote has no end', start)
}

/** A value without quotes ends at white space or a parenthesis; a backslash takes the next character as it is. */
function readBare(query: string, start: number): { value: Value; end: number } {
  let at = start
  while (at < query.length && !/[\s()"]/u.test(query[at] ?? '')) at += query[at] === '\\' ? 2 : 1
  const end = Math.min(at, query.length)
  return { value: { text: query.slice(start, end), quoted: false }, end }
}

function readValue(query: string, at: number): { value: Value; end: number } {
  return query[at] === '"' ? readQuoted(query, at) : readBare(query, at)
}

const fieldForm = /^@?[a-zA-Z_][\w.]*:/u
const operators = new Set(['and', 'or', 'not'])

function readToken(query: string, at: number): { token: Token; end: number } {
  const char = query[at]
  if (char === '(' || char === ')') return { token: { kind: char, at }, end: at + 1 }
  const name = fieldForm.exec(query.slice(at, at + 100))?.[0]
  if (name !== undefined) {
    const { value, end } = readValue(query, at + name.length)
    if (value.text === '' && !value.quoted) throw syntax(`${name} has no value`, at)
    return { token: { kind: 'term', at, field: name.slice(0, -1), value }, end }
  }
  const { value, end } = readValue(query, at)
  const word = value.text.toLowerCase()
  if (!value.quoted && operators.has(word)) {
    return { token: { kind: word === 'and' ? 'and' : word === 'or' ? 'or' : 'not', at }, end }
  }
  return { token: { kind: 'term', at, field: undefined, value }, end }
}

function tokenize(query: string): Token[] {
  if (query.length > maxQueryLength) {
    throw new CollectorError('COLLECTOR_QUERY_LIMIT', `a filter has at most ${maxQueryLength} characters`)
  }
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    while (/\s/u.test(query[at] ?? '')) at += 1
    if (at >= query.length) return tokens
    const { token, end } = readToken(query, at)
    tokens.push(token)
    if (tokens.filter((one) => one.kind === 'term').length > maxQueryTerms) {
      throw new CollectorError('COLLECTOR_QUERY_LIMIT', `a filter has at most ${maxQueryTerms} terms`)
    }
    at = end
  }
}

/** Splits text at its wildcards. In quotes there are none. */
function patternOf(value: Value): PatternPart[] {
  if (value.quoted) return [value.text]
  const parts: PatternPart[] = []
  let literal = ''
  const push = (part?: PatternPart): void => {
    if (literal !== '') parts.push(literal)
    literal = ''
    if (part !== undefined) parts.push(part)
  }
  for (let at = 0; at < value.text.length; at += 1) {
    const char = value.text[at] ?? ''
    if (char === '\\' && at + 1 < value.text.length) {
      at += 1
      literal += value.text[at] ?? ''
    } else if (char === '*') push({ any: 'text' })
    else if (char === '?') push({ any: 'character' })
    else literal += char
  }
  push()
  return parts
}

const compareForm = /^(<=|>=|<|>)?(-?\d{1,16}(?:\.\d{1,9})?)$/u
const betweenForm = /^(-?\d{1,16}(?:\.\d{1,9})?)\.\.(-?\d{1,16}(?:\.\d{1,9})?)$/u

function numberTest(field: Field, value: Value, at: number): Test {
  const compare = compareForm.exec(value.text)
  if (compare !== null) {
    const op = compare[1]
    const known = op === '<' || op === '<=' || op === '>' || op === '>=' ? op : '='
    return { kind: 'compare', op: known, value: Number(compare[2]) }
  }
  const between = betweenForm.exec(value.text)
  if (between !== null) return { kind: 'between', low: Number(between[1]), high: Number(between[2]) }
  throw syntax(`${field.name} is a number: write 404, >=500 or 400..499`, at)
}

function fieldNode(name: string, value: Value, at: number): QueryNode {
  const field = fieldOf(name)
  if (field === undefined) {
    const near = similarFields(name)
    const hint = near.length === 0 ? '' : `; perhaps ${near.join(', ')}`
    throw new CollectorError('COLLECTOR_QUERY_FIELD', `no field is called ${name}${hint}`)
  }
  if (!value.quoted && value.text === '*') return { kind: 'field', field, test: { kind: 'exists' } }
  const test: Test =
    field.type === 'number' ? numberTest(field, value, at) : { kind: 'pattern', parts: patternOf(value) }
  return { kind: 'field', field, test }
}

/** Recursive descent over the tokens: or < and < not < term. Terms side by side mean and. */
class Parser {
  readonly #tokens: readonly Token[]
  readonly #end: number
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens
    this.#end = end
  }

  parse(): QueryNode {
    const node = this.#or()
    const rest = this.#tokens[this.#at]
    if (rest !== undefined) throw syntax('unexpected closing parenthesis', rest.at)
    return node
  }

  #or(): QueryNode {
    const nodes = [this.#and()]
    while (this.#take('or')) nodes.push(this.#and())
    const [only] = nodes
    return nodes.length === 1 && only !== undefined ? only : { kind: 'or', nodes }
  }

  #and(): QueryNode {
    const nodes = [this.#not()]
    for (;;) {
      const next = this.#tokens[this.#at]?.kind
      if (next === undefined || next === ')' || next === 'or') break
      this.#take('and')
      nodes.push(this.#not())
    }
    const [only] = nodes
    return nodes.length === 1 && only !== undefined ? only : { kind: 'and', nodes }
  }

  #not(): QueryNode {
    let negated = false
    while (this.#take('not')) negated = !negated
    const node = this.#primary()
    return negated ? { kind: 'not', node } : node
  }

  #primary(): QueryNode {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw syntax('something is missing', this.#end)
    this.#at += 1
    if (token.kind === 'term') {
      return token.field === undefined
        ? { kind: 'word', parts: patternOf(token.value) }
        : fieldNode(token.field, token.value, token.at)
    }
    if (token.kind !== '(') throw syntax(`unexpected ${token.kind}`, token.at)
    return this.#group(token.at)
  }

  #group(start: number): QueryNode {
    this.#depth += 1
    if (this.#depth > maxQueryDepth) {
      throw new CollectorError('COLLECTOR_QUERY_LIMIT', `parentheses nest at most ${maxQueryDepth} deep`)
    }
    const node = this.#or()
    if (!this.#take(')')) throw syntax('the parenthesis has no end', start)
    this.#depth -= 1
    return node
  }

  #take(kind: Token['kind']): boolean {
    if (this.#tokens[this.#at]?.kind !== kind) return false
    this.#at += 1
    return true
  }
}

/**
 * Parses a filter such as `kind:block and (status:403 or status:>=500) and not path:/health*`. An empty filter matches
 * everything.
 * @throws CollectorError COLLECTOR_QUERY_SYNTAX with the place, COLLECTOR_QUERY_FIELD with near names,
 *   COLLECTOR_QUERY_LIMIT.
 */
export function parseQuery(query: string): QueryNode {
  const tokens = tokenize(query)
  return tokens.length === 0 ? { kind: 'everything' } : new Parser(tokens, query.length).parse()
}
