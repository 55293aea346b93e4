import { predicateBuiltins } from './operators.ts'

import type { Ast } from './ast.ts'

/**
 * Which entries of `Parsed` the expressions of a ruleset can read. Whatever it cannot follow (a key made at run time, a
 * record handed to a helper) counts as reading all of them.
 */
export class FieldReads {
  readonly #names = new Set<string>()
  readonly #applied = new Set<string>()
  #isAll = false
  /** Whether `let` variables hold records, innermost last. */
  #locals: (readonly [name: string, holds: boolean])[] = []
  /** Whether what predicates look at are records, innermost last. */
  readonly #items: boolean[] = []

  /** Whether an entry may be read. */
  has(name: string): boolean {
    return this.#isAll || this.#names.has(name)
  }

  /** Whether somebody tells an entry that is missing from one that is empty: expressions that name it do not. */
  tellsMissing(name: string): boolean {
    return this.#isAll || this.#applied.has(name)
  }

  /** Notes that a pattern is applied on an entry, which fails where there is none. */
  add(name: string): void {
    this.#names.add(name)
    this.#applied.add(name)
  }

  /** Notes what an expression reads. */
  note(tree: Ast): void {
    this.#locals = []
    this.#items.length = 0
    this.#kept(tree)
  }

  /** A value that goes where it cannot be followed. */
  #kept(ast: Ast): false {
    if (this.#holds(ast)) this.#isAll = true
    return false
  }

  #allKept(parts: readonly Ast[]): false {
    for (const part of parts) this.#kept(part)
    return false
  }

  /** Whether the value of an expression can be a record of an event, or hold one. Notes what it reads on the way. */
  #holds(ast: Ast): boolean {
    switch (ast.kind) {
      case 'literal':
      case 'number':
        return false
      case 'name':
        return this.#locals.findLast(([name]) => name === ast.name)?.[1] ?? recordNames.has(ast.name)
      case 'pointer':
        return ast.name !== 'index' && (this.#items.at(-1) ?? false)
      case 'member':
        return this.#memberHolds(ast)
      case 'chain':
        return this.#holds(ast.of)
      case 'slice':
        this.#allKept([ast.from, ast.to].filter((edge) => edge !== undefined))
        return this.#holds(ast.of)
      case 'call':
        return this.#callHolds(ast)
      case 'conditional':
        this.#kept(ast.test)
        return this.#either(ast.yes, ast.no)
      case 'binary':
        return ast.operator === '??'
          ? this.#either(ast.left, ast.right)
          : this.#allKept([ast.left, ast.right])
      case 'let':
        return this.#letHolds(ast)
      case 'sequence':
        this.#kept(ast.first)
        return this.#holds(ast.second)
      case 'predicate':
        return this.#holds(ast.body)
      case 'method':
        // Methods of records and what they hold give texts and lists of texts.
        this.#holds(ast.of)
        return this.#allKept(ast.args)
      case 'unary':
        return this.#kept(ast.operand)
      case 'array':
        return this.#allKept(ast.items)
      case 'map':
        return this.#allKept(ast.entries.flat())
    }
  }

  #either(first: Ast, second: Ast): boolean {
    const holds = this.#holds(first)
    return this.#holds(second) || holds
  }

  #letHolds({ name, value, body }: Extract<Ast, { kind: 'let' }>): boolean {
    this.#locals.push([name, this.#holds(value)])
    const holds = this.#holds(body)
    this.#locals.pop()
    return holds
  }

  #memberHolds({ of, key }: Member): boolean {
    if (of.kind === 'member' && isParsed(of) && this.#holds(of.of)) {
      if (key.kind === 'literal' && typeof key.value === 'string') this.#names.add(key.value)
      else this.#isAll = true
      return this.#kept(key)
    }
    this.#kept(key)
    if (!this.#holds(of)) return false
    if (isPlace(key)) return true
    // A key that is not known may be any.
    if (key.kind !== 'literal' || key.value === 'Parsed') this.#isAll = true
    return key.kind === 'literal' && key.value === 'Queue'
  }

  #callHolds({ name, args }: Extract<Ast, { kind: 'call' }>): boolean {
    const [list, ...others] = args
    if (list === undefined) return false
    if (!predicateBuiltins.has(name)) {
      // Its result is a number, whatever it counts.
      if (name === 'len' && args.length === 1) {
        this.#holds(list)
        return false
      }
      return this.#allKept(args)
    }
    const holds = this.#holds(list)
    this.#items.push(holds)
    this.#allKept(others)
    this.#items.pop()
    if (!holds) return false
    if (choosing.has(name)) return true
    if (!deciding.has(name)) this.#isAll = true
    return false
  }
}

type Member = Extract<Ast, { kind: 'member' }>

/** Variables of environments that are records or hold some. */
const recordNames: ReadonlySet<string> = new Set(['evt', 'queue'])
/** Predicates that give items of their list, or the list without some. */
const choosing: ReadonlySet<string> = new Set(['filter', 'find', 'findLast'])
/** Predicates that give what their body gives, a number or a bool. */
const deciding: ReadonlySet<string> = new Set([
  'all',
  'any',
  'none',
  'one',
  'count',
  'map',
  'sum',
  'findIndex',
  'findLastIndex',
])

function isParsed({ key }: Member): boolean {
  return key.kind === 'literal' && key.value === 'Parsed'
}

/** Whether a key is a place in a list. */
function isPlace(key: Ast): boolean {
  if (key.kind === 'unary') return isPlace(key.operand)
  return key.kind === 'number' || (key.kind === 'pointer' && key.name === 'index')
}
