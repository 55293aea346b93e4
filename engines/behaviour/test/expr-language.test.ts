import { describe, expect, it } from 'vitest'
import { compileExpr, compileExprSet, ExprError } from '../src/index.ts'
import type { CompileOptions, Expression } from '../src/index.ts'
import { described, readVectors, sampleEnvironment, sampleScope } from './expr-sample.ts'

const vectors = readVectors<readonly [source: string, expected: string]>('language.json')
const wrong =
  readVectors<readonly [source: string, code: string, line: number, column: number]>('errors.json')

function outcome(expression: Expression): string {
  try {
    return described(expression.evaluate(sampleScope))
  } catch (error) {
    if (error instanceof ExprError && error.code === 'EXPR_RUN') return 'error'
    throw error
  }
}

const alone =
  (backend: 'generate' | 'closures') =>
  (source: string): string =>
    outcome(compileExpr(source, sampleEnvironment, { backend }))

/** Often enough that code is made in between. */
const becoming = (source: string): string => {
  const expression = compileExpr(source, sampleEnvironment)
  const outcomes = new Set(Array.from({ length: 12 }, () => outcome(expression)))
  expect(outcomes.size).toBe(1)
  return [...outcomes].join()
}

/** In a set with itself, so that every part of it is shared. */
const inSet =
  (options: CompileOptions) =>
  (source: string): string => {
    const set = compileExprSet(
      [source, source, `[${source.replace(/\/\/.*$/, '')}]`],
      sampleEnvironment,
      options,
    )
    set.begin()
    const outcomes = set.expressions.slice(0, 2).map(outcome)
    expect(outcomes[0]).toBe(outcomes[1])
    return outcomes[0] ?? ''
  }

describe.each([
  ['functions', alone('generate')],
  ['closures', alone('closures')],
  ['closures that become functions', becoming],
  ['a set of functions', inSet({})],
  ['a set of closures', inSet({ backend: 'closures' })],
])('the language, as %s', (kind, run) => {
  const kept = kind.startsWith('a set') ? vectors.filter(([source]) => !/[;]|^if /.test(source)) : vectors
  it.each(kept)('%s gives %s', (source, expected) => {
    expect(run(source)).toBe(expected)
  })
})

describe('what is no expression of the environment', () => {
  it.each(wrong)('%s is refused with %s at %i:%i', (source, code, line, column) => {
    let caught: unknown
    try {
      compileExpr(source, sampleEnvironment)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(ExprError)
    expect(caught).toMatchObject({ code, line, column })
  })
})
