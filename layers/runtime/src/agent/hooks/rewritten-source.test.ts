import { describe, expect, it } from 'vitest'
import { maxRewrittenSource } from './rewrite-eval.ts'
import { rewrittenSource } from './rewritten-source.ts'

describe('rewrittenSource', () => {
  it('finds them in sources on one line, in time that grows with their length alone', () => {
    const filler = 'x(a)*b;'.repeat(60_000)
    const source = `${filler}y=/^(a+)+$/.test(b);${filler}`
    expect(rewrittenSource(source)).toBe(`${filler}y=__sevenfoldRegexGate(/^(a+)+$/).test(b);${filler}`)
  })

  it('guards the dangerous ones and no others', () => {
    expect(rewrittenSource('const a = /^(a+)+$/.test(b), c = /x+/, d = (e)+f')).toBe(
      'const a = __sevenfoldRegexGate(/^(a+)+$/).test(b), c = /x+/, d = (e)+f',
    )
    // Marks of a repeated group inside of a set come first.
    const late = '/^#(?:[!$&()*+,]|%[0-9a-f]{2})*(?:a+)*$/'
    expect(rewrittenSource(`x = ${late}; y = ${late}`)).toBe(
      `x = __sevenfoldRegexGate(${late}); y = __sevenfoldRegexGate(${late})`,
    )
    for (const source of ['/(a)+/', '// /(a+)+/', "'/(a+)+/'", 'a / (b+c)+d / e', ''])
      expect(rewrittenSource(source)).toBe(source)
  })

  it('guards evals and regular expressions of one source', () => {
    expect(rewrittenSource('eval(x); /(a+)+/.test(y); eval(/(b+)*$/.exec(z))')).toBe(
      'eval(__sevenfoldEvalGate(x)); __sevenfoldRegexGate(/(a+)+/).test(y); eval(__sevenfoldEvalGate(__sevenfoldRegexGate(/(b+)*$/).exec(z)))',
    )
  })

  it('leaves a source alone that is longer than what is rewritten', () => {
    const call = 'eval(x)'
    const longest = call + ' '.repeat(maxRewrittenSource - call.length)
    expect(rewrittenSource(longest)).not.toBe(longest)
    expect(rewrittenSource(`${longest} `)).toBe(`${longest} `)
  })
})
