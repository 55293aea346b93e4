import { describe, expect, it } from 'vitest'
import { judgeCarriedCode, judgeCode, judgeStoredCode } from './judge-code.ts'

describe('judgeCode', () => {
  it.each([
    ['an expression', '1+process.exit(1)', 'process.exit(1)'],
    ['a sum', '1+Object.keys(globalThis).length*0+41', 'Object.keys(globalThis).length*0+41'],
    ['a comment that is ended', '/* a.b */f(process.pid)/**/', 'a.b */f(process.pid)/*'],
    ['a line of a comment that is ended', '// a.b(c)\nf(process.pid)', 'b(c)\nf(process.pid)'],
    ['a comment of its own', 'f(a)//.check(b)', '//.check(b)'],
    ['a string that is closed', "f('a'+process.version+'')", "a'+process.version+'"],
    ['a template in a template', 'f(`${process.version}`)', '${process.version}'],
    [
      'a compiled template beside its source',
      'var __lines = "Hello <%= 7*7*1000 %>"; append(escape( 7*7*1000 ))',
      '<%= 7*7*1000 %>',
    ],
  ])('objects to %s', (_name, code, input) => {
    expect(judgeCode(code, [input])?.attack).toBe('code-injection')
  })

  it.each([
    ['text in a string', 'append("process.exit(1)")', 'process.exit(1)'],
    ['a number', 'f(-12.5)', '-12.5'],
    ['a comment', '// see a.b(c)\nf()', 'g.h(i)'],
    [
      "a view's file in a comment",
      'out("<form action=\\"/app/users\\">")\n//# sourceURL=/srv/views/app/users.ejs\n',
      'app/users',
    ],
    ['text inside a comment of several lines', '/* app/users.ejs (2) */ f()', 'app/users.ejs (2)'],
    ['code without inputs', 'f(a, b)', 'other text'],
    ['text in a template', 'f(`it is (so)`)', 'it is (so)'],
    [
      "a template's own place between its texts",
      'out("For " + name + " (" + occasion + ")!")',
      'For {{name}} ({{occasion}})!',
    ],
  ])('lets %s through', (_name, code, input) => {
    expect(judgeCode(code, [input])).toBeNull()
  })
})

describe('judgeCarriedCode', () => {
  it('objects to code that stands whole inside a longer input', () => {
    const input = '{{range.constructor("return 7*7*1000")()}}'
    expect(judgeCarriedCode('return 7*7*1000', [input])).not.toBeNull()
    expect(judgeCarriedCode('return this', [input])).toBeNull()
    expect(judgeCarriedCode('a', ['a b'])).toBeNull()
    expect(judgeCarriedCode('occasion', ['For {{occasion}}!'])).toBeNull()
  })
})

describe('judgeStoredCode', () => {
  const stored = ["#{global.process.mainModule.require('fs')}"]

  it('objects to code of an earlier request that reaches out of its place', () => {
    expect(judgeStoredCode("global.process.mainModule.require('fs')", stored)?.attack).toBe('code-injection')
    expect(judgeStoredCode(`out(${stored[0]})`, stored)).not.toBeNull()
    const [text = ''] = stored
    expect(judgeStoredCode(`var lines = "${text}"; out(${text})`, stored)).not.toBeNull()
  })

  it('lets a template through that holds it as a text', () => {
    expect(judgeStoredCode(`out("<code>${stored[0]}</code>")`, stored)).toBeNull()
  })

  it('lets other code through, and text that reaches nothing', () => {
    expect(judgeStoredCode("require('fs').readFileSync('a')", stored)).toBeNull()
    expect(judgeStoredCode("out('#{first} {{second}}')", ['#{first} {{second}}'])).toBeNull()
    expect(judgeStoredCode('require(x)', ['require(x)'])).toBeNull()
  })
})
