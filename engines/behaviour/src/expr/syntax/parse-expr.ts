import { ExprError } from '../error.ts'
import { defaultExprLimits, type ExprLimits } from '../limits.ts'
import { lex, type Token } from './lex.ts'

import {
  binaryOperators,
  negatableOperators,
  orderingOperators,
  predicateBuiltins,
  unaryOperators,
} from './operators.ts'
import { partsOfAst } from './parts-of-ast.ts'

import type { Ast, BinaryOperator } from './ast.ts'

/**
 * Parses a source of the language of expr-lang/expr 1.17. Throws {@link ExprError} with the position: EXPR_SYNTAX, or
 * EXPR_LIMIT when the source, its depth or its number of nodes is above the limits.
 */
export function parseExpr(source: string, limits: ExprLimits = defaultExprLimits): Ast {
  if (source.length > limits.maxSourceLength) {
    throw new ExprError(
      'EXPR_LIMIT',
      `expression is longer than ${String(limits.maxSourceLength)} characters`,
      { source: '', offset: 0 },
    )
  }
  return new Parser(source, limits).whole()
}

/** Chains (`a.b.c`, `a + b + c`) may be this many times deeper than brackets: they cost the reader of an expression less. */
const chainFactor = 5

/** Runs of `and` and of `or` are laid out flat later. */
function isSameRun(node: Ast, part: Ast): boolean {
  return (
    node.kind === 'binary' &&
    (node.operator === '&&' || node.operator === '||') &&
    part === node.left &&
    part.kind === 'binary' &&
    part.operator === node.operator
  )
}

/** Recursive descent with operator precedence; state is the position in the token list. */
class Parser {
  readonly #source: string
  readonly #limits: ExprLimits
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0
  #nodes = 0
  #predicates = 0
  readonly #depths = new WeakMap<Ast, number>()

  constructor(source: string, limits: ExprLimits) {
    this.#source = source
    this.#limits = limits
    this.#tokens = lex(source)
  }

  whole(): Ast {
    const tree = this.#sequence()
    if (this.#current.kind !== 'end') throw this.#unexpected()
    return tree
  }

  get #current(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', value: '', offset: this.#source.length }
  }

  #is(value: string): boolean {
    return this.#current.kind === 'operator' && this.#current.value === value
  }

  #accept(value: string): boolean {
    if (!this.#is(value)) return false
    this.#at += 1
    return true
  }

  #expect(value: string): void {
    if (!this.#accept(value)) throw this.#unexpected(`expected ${JSON.stringify(value)}, found`)
  }

  #unexpected(what = 'unexpected'): ExprError {
    const { kind, value, offset } = this.#current
    const seen = kind === 'end' ? 'the end' : JSON.stringify(value.slice(0, 40))
    return new ExprError('EXPR_SYNTAX', `${what} ${seen}`, { source: this.#source, offset })
  }

  #limit(what: string): ExprError {
    return new ExprError('EXPR_LIMIT', what, { source: this.#source, offset: this.#current.offset })
  }

  /** Counts a node; every node passes here, so that neither width nor depth is without a bound. */
  #node(node: Ast): Ast {
    const depth =
      1 +
      Math.max(
        0,
        ...partsOfAst(node).map((part) =>
          isSameRun(node, part) ? this.#depthOf(part) - 1 : this.#depthOf(part),
        ),
      )
    this.#depths.set(node, depth)
    if (depth > this.#limits.maxDepth * chainFactor) throw this.#limit('nested too deep')
    this.#nodes += 1
    if (this.#nodes > this.#limits.maxNodes)
      throw this.#limit(`more than ${String(this.#limits.maxNodes)} nodes`)
    return node
  }

  #depthOf(node: Ast): number {
    return this.#depths.get(node) ?? 1
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1
    if (this.#depth > this.#limits.maxDepth)
      throw this.#limit(`nested deeper than ${String(this.#limits.maxDepth)}`)
    const result = read()
    this.#depth -= 1
    return result
  }

  #sequence(): Ast {
    const offset = this.#current.offset
    const first = this.#is('let') ? this.#let() : this.#expression(0)
    if (!this.#is(';')) return first
    this.#at += 1
    if (this.#current.kind === 'end' || this.#is(')') || this.#is('}')) return first
    return this.#node({ kind: 'sequence', first, second: this.#nested(() => this.#sequence()), offset })
  }

  #let(): Ast {
    const offset = this.#current.offset
    this.#at += 1
    const name = this.#name()
    this.#expect('=')
    const value = this.#expression(0)
    this.#expect(';')
    return this.#node({ kind: 'let', name, value, body: this.#nested(() => this.#sequence()), offset })
  }

  #name(): string {
    const token = this.#current
    if (token.kind !== 'name') throw this.#unexpected('expected a name, found')
    this.#at += 1
    return token.value
  }

  #expression(precedence: number): Ast {
    return this.#nested(() => {
      if (precedence === 0 && this.#is('let')) return this.#let()
      if (precedence === 0 && this.#is('if')) return this.#if()
      const left = this.#operators(this.#primary(), precedence)
      return precedence === 0 ? this.#conditional(left) : left
    })
  }

  /** Binary operators at or above a precedence, left to right. */
  #operators(first: Ast, precedence: number): Ast {
    let left = first
    let previous = ''
    for (;;) {
      const negated = this.#is('not')
      const token = negated ? (this.#tokens[this.#at + 1] ?? this.#current) : this.#current
      const found =
        token.kind === 'operator' && Object.hasOwn(binaryOperators, token.value)
          ? binaryOperators[token.value]
          : undefined
      if (negated && (found === undefined || !negatableOperators.has(token.value))) throw this.#unexpected()
      if (found === undefined || found.precedence < precedence) return left
      this.#at += negated ? 2 : 1
      const { operator, offset } = { operator: found.operator, offset: token.offset }
      if (operator === '|') {
        left = this.#call(this.#name(), offset, [left])
        left = this.#postfix(left)
      } else {
        if (previous === '??' && operator !== '??') {
          throw new ExprError('EXPR_SYNTAX', `?? and ${operator} need parentheses`, {
            source: this.#source,
            offset,
          })
        }
        const right = this.#expression(found.right === true ? found.precedence : found.precedence + 1)
        left = this.#comparison({ kind: 'binary', operator, left, right, offset }, found.precedence)
        if (negated) left = this.#node({ kind: 'unary', operator: '!', operand: left, offset })
      }
      previous = operator
    }
  }

  /** `a < b < c` means `a < b && b < c`. */
  #comparison(first: Extract<Ast, { kind: 'binary' }>, precedence: number): Ast {
    let tree = this.#node(first)
    let middle = first.right
    while (
      orderingOperators.has(first.operator) &&
      this.#current.kind === 'operator' &&
      orderingOperators.has(this.#current.value)
    ) {
      const { value, offset } = this.#current
      this.#at += 1
      const right = this.#expression(precedence + 1)
      const next = this.#node({
        kind: 'binary',
        operator: value as BinaryOperator,
        left: middle,
        right,
        offset,
      })
      tree = this.#node({ kind: 'binary', operator: '&&', left: tree, right: next, offset })
      middle = right
    }
    return tree
  }

  #conditional(test: Ast): Ast {
    let tree = test
    while (this.#is('?')) {
      const { offset } = this.#current
      this.#at += 1
      const yes = this.#is(':') ? tree : this.#expression(0)
      this.#expect(':')
      tree = this.#node({ kind: 'conditional', test: tree, yes, no: this.#expression(0), offset })
    }
    return tree
  }

  #if(): Ast {
    const { offset } = this.#current
    this.#at += 1
    const test = this.#expression(1)
    const yes = this.#block()
    this.#expect('else')
    const no = this.#is('if') ? this.#nested(() => this.#if()) : this.#block()
    return this.#node({ kind: 'conditional', test, yes, no, offset })
  }

  #block(): Ast {
    this.#expect('{')
    const body = this.#nested(() => this.#sequence())
    this.#expect('}')
    return body
  }

  #primary(): Ast {
    const token = this.#current
    const { offset } = token
    const prefix =
      token.kind === 'operator' && Object.hasOwn(unaryOperators, token.value)
        ? unaryOperators[token.value]
        : undefined
    if (prefix !== undefined) {
      this.#at += 1
      const operand = this.#expression(prefix.precedence)
      return this.#postfix(this.#node({ kind: 'unary', operator: prefix.operator, operand, offset }))
    }
    if (this.#accept('(')) {
      const inner = this.#nested(() => this.#sequence())
      this.#expect(')')
      return this.#postfix(inner)
    }
    if (this.#predicates > 0 && (this.#is('#') || this.#is('.'))) return this.#postfix(this.#pointer())
    if (this.#accept('::')) return this.#postfix(this.#call(this.#name(), offset, []))
    return this.#postfix(this.#secondary())
  }

  #pointer(): Ast {
    const { offset } = this.#current
    let name = ''
    if (this.#accept('#') && this.#current.kind === 'name' && this.#current.offset === offset + 1)
      name = this.#name()
    return this.#node({ kind: 'pointer', name, offset })
  }

  #secondary(): Ast {
    const token = this.#current
    const { kind, value, offset } = token
    if (kind === 'operator' && value === '[') return this.#array()
    if (kind === 'operator' && value === '{') return this.#map()
    if (kind === 'end' || kind === 'operator') throw this.#unexpected()
    this.#at += 1
    if (kind === 'text') return this.#node({ kind: 'literal', value, offset })
    if (kind === 'number') return this.#number(value, offset)
    if (value === 'true' || value === 'false')
      return this.#node({ kind: 'literal', value: value === 'true', offset })
    if (value === 'nil') return this.#node({ kind: 'literal', value: null, offset })
    return this.#is('(') ? this.#call(value, offset, []) : this.#node({ kind: 'name', name: value, offset })
  }

  #number(digits: string, offset: number): Ast {
    const plain = digits.replaceAll('_', '')
    const whole = /^(?:0[xXbBoO].*|[0-9]+)$/.test(plain)
    const value = Number(plain)
    if (!Number.isFinite(value) || (whole && value > 2 ** 63)) {
      throw new ExprError('EXPR_SYNTAX', 'number out of range', { source: this.#source, offset })
    }
    return this.#node({ kind: 'number', value, whole, offset })
  }

  #array(): Ast {
    const { offset } = this.#current
    this.#at += 1
    const items: Ast[] = []
    while (!this.#is(']')) {
      items.push(this.#expression(0))
      if (!this.#accept(',')) break
    }
    this.#expect(']')
    return this.#node({ kind: 'array', items, offset })
  }

  #map(): Ast {
    const { offset } = this.#current
    this.#at += 1
    const entries: (readonly [Ast, Ast])[] = []
    while (!this.#is('}')) {
      const key = this.#mapKey()
      this.#expect(':')
      entries.push([key, this.#expression(0)])
      if (!this.#accept(',')) break
    }
    this.#expect('}')
    return this.#node({ kind: 'map', entries, offset })
  }

  #mapKey(): Ast {
    const { kind, value, offset } = this.#current
    if (kind === 'name' || kind === 'text' || kind === 'number') {
      this.#at += 1
      return this.#node({ kind: 'literal', value, offset })
    }
    if (!this.#is('(')) throw this.#unexpected('expected a key, found')
    this.#at += 1
    const key = this.#expression(0)
    this.#expect(')')
    return key
  }

  #call(name: string, offset: number, before: readonly Ast[]): Ast {
    this.#expect('(')
    const args = [...before]
    const takesPredicate = predicateBuiltins.has(name)
    while (!this.#is(')')) {
      args.push(takesPredicate && args.length === 1 ? this.#predicate() : this.#expression(0))
      if (!this.#accept(',')) break
    }
    this.#expect(')')
    return this.#node({ kind: 'call', name, args, offset })
  }

  #predicate(): Ast {
    const { offset } = this.#current
    this.#predicates += 1
    const body = this.#is('{') ? this.#block() : this.#expression(0)
    this.#predicates -= 1
    return this.#node({ kind: 'predicate', body, offset })
  }

  /** Members, indexes, slices and method calls that follow a value. */
  #postfix(start: Ast): Ast {
    let node = start
    let chained = false
    for (;;) {
      const { offset } = this.#current
      const optional = this.#is('?.')
      const bracket = this.#is('[') || (optional && this.#tokens[this.#at + 1]?.value === '[')
      if (!optional && !bracket && !this.#is('.')) break
      chained ||= optional
      this.#at += optional && bracket ? 2 : 1
      // `.` after a pointer that was itself written as `.`: the name follows at once.
      node = bracket ? this.#bracket(node, optional, offset) : this.#memberOrMethod(node, optional, offset)
    }
    return chained ? this.#node({ kind: 'chain', of: node, offset: start.offset }) : node
  }

  #memberOrMethod(of: Ast, optional: boolean, offset: number): Ast {
    const { kind, value } = this.#current
    // Words that are operators elsewhere may be members.
    if (kind !== 'name' && !(kind === 'operator' && /^[a-zA-Z]/.test(value)))
      throw this.#unexpected('expected a name, found')
    this.#at += 1
    if (!this.#accept('(')) {
      return this.#node({ kind: 'member', of, key: { kind: 'literal', value, offset }, optional, offset })
    }
    const args: Ast[] = []
    while (!this.#is(')')) {
      args.push(this.#expression(0))
      if (!this.#accept(',')) break
    }
    this.#expect(')')
    return this.#node({ kind: 'method', of, name: value, args, optional, offset })
  }

  #bracket(of: Ast, optional: boolean, offset: number): Ast {
    const from = this.#is(':') ? undefined : this.#expression(0)
    if (this.#accept(':')) {
      const to = this.#is(']') ? undefined : this.#expression(0)
      this.#expect(']')
      return this.#node({ kind: 'slice', of, from, to, offset })
    }
    this.#expect(']')
    if (from === undefined) throw this.#unexpected()
    return this.#node({ kind: 'member', of, key: from, optional, offset })
  }
}
