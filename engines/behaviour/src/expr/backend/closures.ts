import { operatorFunctions } from '../runtime/apply-operator.ts'
import { Fault } from '../runtime/fault.ts'

import type { Ir, StepBudget } from '../ir/ir.ts'
import type { ExprScope } from '../expression.ts'
import type { SharedValues } from '../set/shared-values.ts'

/** What one evaluation works on. */
export interface Frame {
  scope: ExprScope
  readonly locals: unknown[]
}

/** A node as a function of the frame. */
export type Closure = (frame: Frame) => unknown

/** What closures of one expression share. */
export interface ClosureContext {
  readonly budget: StepBudget
  /** The values a set computes once per event. */
  readonly shared: SharedValues | undefined
}

/** The back end that makes no code: each node becomes a closure over its parts. */
export function toClosure(node: Ir, context: ClosureContext): Closure {
  const sub = (part: Ir): Closure => toClosure(part, context)
  switch (node.kind) {
    case 'constant': {
      const { value } = node
      return () => value
    }
    case 'variable': {
      const { slot } = node
      return (frame) => frame.scope[slot]
    }
    case 'local': {
      const { index } = node
      return (frame) => frame.locals[index]
    }
    case 'field':
      return fieldOf(sub(node.of), node.name, node.at)
    case 'call':
      return callOf(node, node.args.map(sub))
    case 'operator': {
      const apply = operatorFunctions[node.operator] as (a: unknown, b: unknown) => unknown
      const [left, right] = [sub(node.left), sub(node.right)]
      return (frame) => apply(left(frame), right(frame))
    }
    case 'not': {
      const of = sub(node.of)
      return (frame) => of(frame) !== true
    }
    case 'and': {
      const [left, right] = [sub(node.left), sub(node.right)]
      return (frame) => left(frame) === true && right(frame)
    }
    case 'or': {
      const [left, right] = [sub(node.left), sub(node.right)]
      return (frame) => left(frame) === true || right(frame)
    }
    case 'conditional': {
      const [test, yes, no] = [sub(node.test), sub(node.yes), sub(node.no)]
      return (frame) => (test(frame) === true ? yes(frame) : no(frame))
    }
    case 'coalesce': {
      const [left, right] = [sub(node.left), sub(node.right)]
      return (frame) => left(frame) ?? right(frame)
    }
    case 'let': {
      const { index } = node
      const [value, body] = [sub(node.value), sub(node.body)]
      return (frame) => {
        frame.locals[index] = value(frame)
        return body(frame)
      }
    }
    case 'array': {
      const items = node.items.map(sub)
      return (frame) => items.map((item) => item(frame))
    }
    case 'sequence': {
      const [first, second] = [sub(node.first), sub(node.second)]
      return (frame) => {
        first(frame)
        return second(frame)
      }
    }
    case 'loop':
      return loopOf(node, { array: sub(node.array), body: sub(node.body), budget: context.budget })
    case 'shared': {
      const { shared } = context
      const { slot } = node
      return () => shared?.value(slot)
    }
    case 'literal': {
      const { shared } = context
      const { group, literal } = node
      const of = sub(node.of)
      return (frame) => shared?.contains(group, literal, of(frame) as string)
    }
  }
}

function fieldOf(of: Closure, name: string, at: number): Closure {
  return (frame) => {
    const value = of(frame) as Record<string, unknown> | null | undefined
    if (value === null || value === undefined) throw new Fault(`cannot fetch ${name} from <nil>`, at)
    return value[name] ?? null
  }
}

function callOf({ fn, at }: Extract<Ir, { kind: 'call' }>, args: readonly Closure[]): Closure {
  const call = fn as (...args: unknown[]) => unknown
  const [first, second] = args
  if (args.length === 1 && first !== undefined) {
    return at === undefined ? (frame) => call(first(frame)) : (frame) => call(first(frame), at)
  }
  if (args.length === 2 && first !== undefined && second !== undefined) {
    return at === undefined
      ? (frame) => call(first(frame), second(frame))
      : (frame) => call(first(frame), second(frame), at)
  }
  return (frame) => {
    const values = args.map((arg) => arg(frame))
    if (at !== undefined) values.push(at)
    return call(...values)
  }
}

interface LoopParts {
  readonly array: Closure
  readonly body: Closure
  readonly budget: StepBudget
}

function loopOf(
  { loop, item, position, at }: Extract<Ir, { kind: 'loop' }>,
  { array, body, budget }: LoopParts,
): Closure {
  return (frame) =>
    loop(
      array(frame),
      (value, index, accumulator) => {
        frame.locals[item] = value
        frame.locals[position] = index
        frame.locals[position + 1] = accumulator
        return body(frame)
      },
      at,
      budget,
    )
}
