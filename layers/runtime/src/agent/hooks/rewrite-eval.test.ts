import { describe, expect, it } from 'vitest'
import { rewriteEval } from './rewrite-eval.ts'

describe('rewriteEval', () => {
  it.each([
    ["eval('1+' + x)", "eval(__sevenfoldEvalGate('1+' + x))"],
    ['f(eval(a), eval (b))', 'f(eval(__sevenfoldEvalGate(a)), eval (__sevenfoldEvalGate(b)))'],
    ["eval(')' + g(x))", "eval(__sevenfoldEvalGate(')' + g(x)))"],
    ['eval(eval(x))', 'eval(__sevenfoldEvalGate(eval(__sevenfoldEvalGate(x))))'],
  ])('%s becomes %s', (source, expected) => {
    expect(rewriteEval(source)).toBe(expected)
  })

  it.each([
    'x.eval(y)',
    'medieval(x)',
    '// eval(x)',
    "'eval(x)'",
    'class A { eval(x) { return x } }',
    'function eval(x) {}',
    'eval()',
    'eval(x',
    'retrieval',
  ])('leaves %s', (source) => {
    expect(rewriteEval(source)).toBe(source)
  })

  it('moves no line', () => {
    const source = 'a\neval(\nx\n)\nb'
    expect(rewriteEval(source).split('\n').length).toBe(source.split('\n').length)
  })
})
