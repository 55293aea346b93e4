import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileExpr, defaultExprLimits, ExprError } from '../src/index.ts'
import { described, sampleEnvironment, sampleScope } from './expr-sample.ts'

const codeOf = (run: () => unknown): string => {
  try {
    run()
    return 'none'
  } catch (error) {
    if (!(error instanceof ExprError)) throw error
    return error.code
  }
}
const compiled = (source: string, limits = {}): string =>
  codeOf(() => compileExpr(source, sampleEnvironment, { limits }))
const run = (source: string, limits = {}): string =>
  codeOf(() => compileExpr(source, sampleEnvironment, { limits }).evaluate(sampleScope))

describe('limits of an expression', () => {
  it('bound its length', () => {
    expect(compiled("'12345678'", { maxSourceLength: 10 })).toBe('none')
    expect(compiled("'123456789'", { maxSourceLength: 10 })).toBe('EXPR_LIMIT')
  })

  it('bound its depth', () => {
    const nested = (depth: number): string => '('.repeat(depth) + '1' + ')'.repeat(depth)
    expect(compiled(nested(4), { maxDepth: 12 })).toBe('none')
    expect(compiled(nested(12), { maxDepth: 12 })).toBe('EXPR_LIMIT')
    expect(compiled(nested(60_000))).toBe('EXPR_LIMIT')
    expect(compiled('!'.repeat(60_000) + 'true')).toBe('EXPR_LIMIT')
    expect(compiled('['.repeat(60_000))).toBe('EXPR_LIMIT')
    expect(compiled('any_map' + '.x'.repeat(5_000))).not.toBe('EXPR_SYNTAX')
  })

  it('bound its nodes', () => {
    expect(compiled('1 + 1 + 1', { maxNodes: 5 })).toBe('none')
    expect(compiled('1 + 1 + 1 + 1', { maxNodes: 5 })).toBe('EXPR_LIMIT')
    expect(compiled(Array.from({ length: defaultExprLimits.maxNodes }, () => '1').join('+'))).toBe(
      'EXPR_LIMIT',
    )
  })

  it('bound the steps of an evaluation', () => {
    expect(run('len(map(1..10, # + len(text)))', { maxSteps: 10 })).toBe('none')
    expect(run('len(map(1..11, # + len(text)))', { maxSteps: 10 })).toBe('EXPR_RUN')
    expect(run('none(1..9999, any(1..9999, # == len(text) * 2000))')).toBe('EXPR_RUN')
    // The budget is that of each evaluation.
    const expression = compileExpr('len(map(1..6, # + len(text)))', sampleEnvironment, {
      limits: { maxSteps: 10 },
    })
    expect([expression.evaluate(sampleScope), expression.evaluate(sampleScope)]).toEqual([6n, 6n])
  })

  it('bound the texts that it makes', () => {
    expect(run('len(reduce(1..25, #acc + #acc, text))')).toBe('EXPR_RUN')
    expect(run('let f = text; len(reduce(1..25, string(#acc) + string(#acc), f))')).toBe('EXPR_RUN')
    expect(run('len(repeat(text, 100000000))')).toBe('EXPR_RUN')
    expect(run("len(replace(repeat('a', 1000000), '', 'xxxx'))")).toBe('EXPR_RUN')
  })

  it('leave a pattern of an event no way to take long', () => {
    const scope = sampleScope.with(1, '(a+)+$').with(0, 'a'.repeat(50_000) + '!')
    expect(compileExpr('text matches pattern', sampleEnvironment).evaluate(scope)).toBe(false)
    const tooLarge = sampleScope.with(1, '(?:a{1000}){1000}')
    expect(codeOf(() => compileExpr('text matches pattern', sampleEnvironment).evaluate(tooLarge))).toBe(
      'EXPR_RUN',
    )
  })
})

describe('hostile sources', () => {
  it('never reach code: names and texts of JavaScript are names and texts', () => {
    const scripts = [
      'process.exit(1)',
      'constructor.constructor("return process")()',
      '"\\u2028`${process}`"',
      '`${1}`',
      'text["constructor"]["constructor"]',
      'any_map.__proto__.polluted',
      '(() => 1)()',
      'globalThis',
      'this',
      'k0',
      's[0]',
      'nil("x", 1)',
      'budget.left',
      'shared',
      "'*/ process.exit() /*'",
      'let l0 = 5; l0',
    ]
    for (const source of scripts) {
      expect(['none', 'EXPR_SYNTAX', 'EXPR_TYPE', 'EXPR_RUN']).toContain(run(source))
    }
    expect(described(compileExpr('`${1}`', sampleEnvironment).evaluate([]))).toBe('string ${1}')
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('give an expression or an ExprError, whatever the characters', () => {
    const piece = fc.constantFrom(
      'text',
      'any_map',
      'any_list',
      'record',
      '.',
      '?.',
      '[',
      ']',
      '(',
      ')',
      '{',
      '}',
      '#',
      ',',
      ':',
      ';',
      '|',
      '??',
      '?',
      '1',
      '-1',
      "'a'",
      '"',
      '..',
      '+',
      'in',
      'not',
      'and',
      'let',
      'if',
      'else',
      'any',
      'filter',
      'map',
      ' ',
      'nil',
      '==',
      'contains',
      'matches',
      '\\',
      '\u2028',
      '€',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(['none', 'EXPR_SYNTAX', 'EXPR_TYPE', 'EXPR_RUN', 'EXPR_LIMIT']).toContain(
          run(pieces.join(' ')),
        )
      }),
      { numRuns: 600 },
    )
  })

  it('mean the same to both back ends', () => {
    const { tree } = fc.letrec<{ tree: string; leaf: string }>((tie) => ({
      leaf: fc.constantFrom(
        '1',
        '2.5',
        "'hello'",
        'nil',
        'true',
        'text',
        'any_text',
        'any_int',
        'any_float',
        'any_nil',
        'any_map',
        'any_list',
        'any_map.x',
        'any_map?.inner?.y',
        'record.Count',
        'record.Name',
        'record.Tags.k',
        'any_true',
        '[1, any_int]',
      ),
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        tie('leaf'),
        fc
          .tuple(
            tie('tree'),
            fc.constantFrom('+', '-', '==', '!=', '<', 'and', 'or', 'in', 'contains', 'startsWith', '??'),
            tie('tree'),
          )
          .map(([a, operator, b]) => `((${a}) ${operator} (${b}))`),
        fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([a, b, c]) => `((${a}) ? (${b}) : (${c}))`),
        tie('tree').map((a) => `not (${a})`),
        fc
          .tuple(fc.constantFrom('len', 'string', 'type', 'upper', 'int'), tie('tree'))
          .map(([name, a]) => `${name}(${a})`),
        fc
          .tuple(fc.constantFrom('any', 'all', 'count', 'map', 'filter'), tie('tree'), tie('tree'))
          .map(([name, a, b]) => `${name}([${a}], {# == (${b})})`),
      ),
    }))
    const outcome = (source: string, backend: 'generate' | 'closures'): string => {
      try {
        return described(compileExpr(source, sampleEnvironment, { backend }).evaluate(sampleScope))
      } catch (error) {
        if (!(error instanceof ExprError)) throw error
        return `${error.code} ${error.message}`
      }
    }
    fc.assert(
      fc.property(tree, (source) => {
        expect(outcome(source, 'closures')).toBe(outcome(source, 'generate'))
      }),
      { numRuns: 800 },
    )
  })
})
