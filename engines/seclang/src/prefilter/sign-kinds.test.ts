import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { transformations } from '../transformations/registry.ts'
import { alwaysTrigger, bringsInOf, longTextTriggers, triggerTable } from './byte-trigger.ts'
import { allSignKinds, signKinds, tellingKinds } from './sign-kinds.ts'

const table = triggerTable()

function flagsOf(text: string): number {
  let flags = 0
  for (let at = 0; at < text.length; at++) flags |= table[text.charCodeAt(at)] ?? 0
  return flags
}

function kindsOf(text: string): number {
  return flagsOf(text) & allSignKinds
}

describe('kinds of signs', () => {
  it('share no flag with each other or with triggers, and no byte', () => {
    const letters = flagsOf('abcXYZ \t0123456789-,\n\x80\xff')
    expect(letters & allSignKinds).toBe(0)
    expect(alwaysTrigger & allSignKinds).toBe(0)
    const signs = signKinds.map(([, bytes]) => bytes).join('')
    expect(new Set(signs).size).toBe(signs.length)
    expect(signKinds.reduce((sum, [flag]) => sum + flag, 0)).toBe(allSignKinds)
    for (const [flag, bytes] of signKinds) for (const sign of bytes) expect(kindsOf(sign)).toBe(flag)
  })

  it('are all taken for granted in long texts', () => {
    expect(longTextTriggers('a') & allSignKinds).toBe(allSignKinds)
  })
})

describe('tellingKinds', () => {
  it('takes the rarest sign of each literal', () => {
    expect(tellingKinds({ literals: [['alert(', '<script']] })).toBe(kindsOf('(<'))
    expect(tellingKinds({ literals: [['${home}', '=;|']] })).toBe(kindsOf('$'))
  })

  it('knows nothing of clauses with a literal of letters', () => {
    expect(tellingKinds({ literals: [['alert(', 'eval']] })).toBe(0)
    expect(tellingKinds({ literals: [] })).toBe(0)
    expect(tellingKinds({})).toBe(0)
  })

  it('takes the rarest of several sets', () => {
    expect(tellingKinds({ literals: [['a=', 'b='], ['select'], ['(']] })).toBe(kindsOf('('))
    const bytes = Uint8Array.from({ length: 256 }, (_, unit) =>
      '<>'.includes(String.fromCharCode(unit)) ? 1 : 0,
    )
    expect(tellingKinds({ literals: [['a=']], bytes })).toBe(kindsOf('<'))
  })

  it('knows nothing of sets with a letter or a byte without kind', () => {
    for (const member of ['a', ' ', '-', '\xff', '7']) {
      const bytes = new Uint8Array(256)
      bytes[member.charCodeAt(0)] = 1
      bytes[60] = 1
      expect(tellingKinds({ bytes })).toBe(0)
    }
  })

  it('is met by every text that holds a literal of each clause (property)', () => {
    const literal = fc.string({
      unit: fc.constantFrom('a', '<', '(', '=', '.', '|', ' '),
      minLength: 1,
      maxLength: 4,
    })
    const clause = fc.array(literal, { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(clause, { minLength: 1, maxLength: 3 }), fc.nat(), (literals, seed) => {
        const text = literals.map((one) => one[seed % one.length] ?? '').join('-')
        const kinds = tellingKinds({ literals })
        if (kinds !== 0) expect(kindsOf(text) & kinds).not.toBe(0)
      }),
    )
  })
})

describe('what transformations bring in', () => {
  const names = [...transformations.values()].map(({ name }) => name)
  const escapes = names.reduce((union, name) => union | bringsInOf(name), 0) & ~alwaysTrigger
  const unit = fc.constantFrom(
    ...'aZ0 \t\n%+&;#\\/.*-<>("\'=:|$@{_'.split(''),
    '\0',
    '\xe9',
    '\xa0',
    '%3c',
    '&lt',
    '\\x3c',
  )
  const text = fc.array(unit, { maxLength: 12 }).map((list) => list.join(''))

  it.each(names)('t:%s brings no sign into a value without its flags', (name) => {
    const step = transformations.get(name.toLowerCase())
    fc.assert(
      fc.property(text, (value) => {
        if (((flagsOf(value) | alwaysTrigger) & bringsInOf(name)) !== 0) return
        const result = step?.apply(value) ?? value
        expect(kindsOf(result) & ~kindsOf(value)).toBe(0)
        // Nor what a later step makes a sign of.
        expect(flagsOf(result) & escapes & ~flagsOf(value)).toBe(0)
      }),
      { numRuns: 400 },
    )
  })
})
