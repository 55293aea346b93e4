import { Fault } from '../runtime/fault.ts'
import { mapValue } from '../runtime/operations.ts'

import type { ExprScope } from '../expression.ts'
import type { Ir, RuntimeFunction, StepBudget } from '../ir/ir.ts'
import type { SharedValues } from '../set/shared-values.ts'

/** An expression as a function of the scope's values. */
export type Compiled = (scope: ExprScope) => unknown

/** What generated functions work with. */
export interface GenerateContext {
  readonly budget: StepBudget
  readonly shared: SharedValues | undefined
}

/**
 * The back end that makes code: one function an expression. Everything written into the code stands in this file;
 * constants, names of fields and functions come as values of one array, so that no text of a rule reaches source text.
 * Locals are variables of the function. Throws EvalError where making code is forbidden.
 */
export function generate(nodes: readonly Ir[], { budget, shared }: GenerateContext): readonly Compiled[] {
  const values: unknown[] = []
  const functions = nodes.map((node) => {
    const writer = new Writer(values)
    const body = writer.write(node)
    const locals = [...writer.locals].map((index) => `l${String(index)}`)
    return `function (s) { ${locals.length === 0 ? '' : `let ${locals.join(', ')};`} return ${body} }`
  })
  const named = values.map((_, index) => `const k${String(index)} = k[${String(index)}];`).join('')
  // oxlint-disable-next-line typescript/no-implied-eval -- the text consists of the templates of this file and of numbers
  const make = new Function(
    'k',
    'nil',
    'budget',
    'shared',
    `'use strict';${named} return [${functions.join(',')}]`,
  ) as (
    k: readonly unknown[],
    nil: (name: string, at: number) => never,
    budget: StepBudget,
    shared: SharedValues | undefined,
  ) => readonly Compiled[]
  return make(values, nil, budget, shared)
}

function nil(name: string, at: number): never {
  throw new Fault(`cannot fetch ${name} from <nil>`, at)
}

const infix: ReadonlySet<string> = new Set(['===', '!==', '<', '>', '<=', '>=', '+', '-', '*', '/'])

/** Writes one expression. */
class Writer {
  readonly locals = new Set<number>()
  readonly #values: unknown[]
  readonly #places = new Map<unknown, number>()

  constructor(values: unknown[]) {
    this.#values = values
  }

  #constant(value: unknown): string {
    if (value === null) return 'null'
    if (typeof value === 'boolean') return value ? 'true' : 'false'
    let place = this.#places.get(value)
    if (place === undefined) {
      place = this.#values.push(value) - 1
      this.#places.set(value, place)
    }
    return `k${String(place)}`
  }

  #local(index: number): string {
    this.locals.add(index)
    return `l${String(index)}`
  }

  write(node: Ir): string {
    switch (node.kind) {
      case 'constant':
        return this.#constant(node.value)
      case 'variable':
        return `s[${String(node.slot)}]`
      case 'local':
        return this.#local(node.index)
      case 'field': {
        const name = this.#constant(node.name)
        return `((${this.write(node.of)} ?? nil(${name}, ${String(node.at)}))[${name}] ?? null)`
      }
      case 'call': {
        const args = node.args.map((arg) => this.write(arg))
        // The most frequent call of all is written out.
        if (node.fn === (mapValue as RuntimeFunction))
          return `(${args[0] ?? 'null'}?.get(${args[1] ?? 'null'}) ?? ${args[2] ?? 'null'})`
        if (node.at !== undefined) args.push(String(node.at))
        return `${this.#constant(node.fn)}(${args.join(', ')})`
      }
      case 'operator':
        return infix.has(node.operator)
          ? `(${this.write(node.left)} ${node.operator} ${this.write(node.right)})`
          : `${this.write(node.left)}.${node.operator}(${this.write(node.right)})`
      case 'not':
        return `!${this.write(node.of)}`
      case 'and':
        return `(${this.write(node.left)} && ${this.write(node.right)})`
      case 'or':
        return `(${this.write(node.left)} || ${this.write(node.right)})`
      case 'conditional':
        return `(${this.write(node.test)} ? ${this.write(node.yes)} : ${this.write(node.no)})`
      case 'coalesce':
        return `(${this.write(node.left)} ?? ${this.write(node.right)})`
      case 'let':
        return `(${this.#local(node.index)} = ${this.write(node.value)}, ${this.write(node.body)})`
      case 'array':
        return `[${node.items.map((item) => this.write(item)).join(', ')}]`
      case 'sequence':
        return `(${this.write(node.first)}, ${this.write(node.second)})`
      case 'loop':
        return this.#loop(node)
      case 'shared':
        return `shared.value(${String(node.slot)})`
      case 'literal':
        return `shared.contains(${String(node.group)}, ${String(node.literal)}, ${this.write(node.of)})`
    }
  }

  /** The predicate is a function over the locals of the one around it. */
  #loop({ loop, array, body, item, position, at }: Extract<Ir, { kind: 'loop' }>): string {
    const [value, index, accumulator] = [this.#local(item), this.#local(position), this.#local(position + 1)]
    const predicate = `(i, p, a) => { ${value} = i; ${index} = p; ${accumulator} = a; return ${this.write(body)} }`
    return `${this.#constant(loop)}(${this.write(array)}, ${predicate}, ${String(at)}, budget)`
  }
}
