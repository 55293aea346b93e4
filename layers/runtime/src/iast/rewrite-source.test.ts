import vm from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rewriteSource } from './rewrite-source.ts'

const rewrite = (source: string): string => rewriteSource(source, () => 'p')
const add = '__sevenfoldAdd'
const template = '__sevenfoldTemplate'

describe('rewriteSource', () => {
  it.each([
    ["x = 'a' + b", `x = ${add}("p",1,'a',b)`],
    ['(q, r) => r.send("a" + q.query.x)', `(q, r) => r.send(${add}("p",1,"a",q.query.x))`],
    ['f(a + b * c + d[1])', `f(${add}("p",0,a,b * c,d[1]))`],
    ["'a' + (b + 'c') + g('d' + e)", `${add}("p",1,'a',(${add}("p",2,b,'c')),g(${add}("p",1,'d',e)))`],
    ['a = `x ${b + c} y`', `a = ${template}("p")\`x \${${add}("p",0,b,c)} y\``],
    ["s += 'a' + b;", `s = ${add}("p",0,s,${add}("p",1,'a',b));`],
    ['o.s += a\nf()', `o.s = ${add}("p",0,o.s,a)\nf()`],
    ["return typeof a + 'b'", `return ${add}("p",2,typeof a,'b')`],
    ["a ? b + 'x' : c", `a ? ${add}("p",2,b,'x') : c`],
    ["'a'\n  + b\n  + c", `${add}("p",1,'a',\nb,\nc)`],
    ['await a + b', `${add}("p",0,await a,b)`],
    ['-a + b', `${add}("p",0,-a,b)`],
  ])('%j becomes %j', (source, rewritten) => {
    expect(rewrite(source)).toBe(rewritten)
  })

  it.each([
    'i + 1',
    'a - b + c',
    "'a' + 'b'",
    'tag`a ${b}`',
    'a.b`c${d}`',
    '`plain`',
    'x = y++ + 1',
    '/a+b/.test(c)',
    '// a + b',
    "'a + b'",
    'if (a) /b+/.exec(c)',
    'x += 1',
    'for (;;) i += 2',
    'a = function () {} + b',
    'x => ({}) + y => 1',
  ])('%j stays as it is', (source) => {
    expect(rewrite(source)).toBe(source)
  })

  it.each(["'open", '`open', '/* open', '`${open`', 'a = /open'])('does not understand %j', (source) => {
    expect(() => rewrite(`${source}\n+`)).toThrow()
  })

  it('computes the same as before', () => {
    const leaf = fc.constantFrom(
      "'s'",
      '1',
      'a',
      'b',
      'o.p',
      'f(a)',
      '`t${b}`',
      '-a',
      '!b',
      '[a, 2]',
      'null',
      '(a, b)',
    )
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc
          .tuple(tie('expression'), fc.constantFrom('+', '-', '*', '||', '==', ','), tie('expression'))
          .map(([left, operator, right]) =>
            operator === ','
              ? `(${left}, ${right})`
              : operator === '||'
                ? `(${left} || ${right})`
                : `${left} ${operator} ${right}`,
          ),
        tie('expression').map((inner) => `(${inner})`),
        tie('expression').map((inner) => `\`x\${${inner}}y\``),
      ),
    }))
    // One context for all: nothing that is run here changes it.
    const context = vm.createContext({
      [add]: (_site: string, _bits: number, ...parts: readonly string[]) =>
        parts.reduce((sum, part) => sum + part),
      [template]:
        () =>
        (texts: TemplateStringsArray, ...values: readonly unknown[]) =>
          // oxlint-disable-next-line no-base-to-string -- as a template does
          texts.reduce((sum, text, i) => sum + String(values[i - 1]) + text),
    })
    const names = "const a = 'A', b = 2, o = { p: 'P' }, f = (x) => x + '!'"
    const run = (source: string): unknown =>
      vm.runInContext(`(() => { ${names}; return (${source}) })()`, context)
    fc.assert(
      fc.property(expression, (source) => {
        expect(run(rewrite(source))).toEqual(run(source))
      }),
      { seed: 7, numRuns: 1_500 },
    )
  })
})
