import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { maxPairsLength, parsePairs, parsePairsLax } from './key-value-pairs.ts'

const plain = (text: string): object | undefined => {
  const pairs = parsePairs(text)
  return pairs === undefined ? undefined : Object.fromEntries(pairs)
}
const lax = (text: string): object | undefined => {
  const pairs = parsePairsLax(text)
  return pairs === undefined ? undefined : Object.fromEntries(pairs)
}

describe('pairs', () => {
  it.each([
    ['a=1 b=2', { a: '1', b: '2' }],
    ['type=SYSCALL msg=audit(1.2:3): arch=c0', { type: 'SYSCALL', msg: 'audit(1.2:3):', arch: 'c0' }],
    ['a="two words" b="q\\"x"', { a: 'two words', b: 'q\\"x' }],
    ['a= b=1', { a: '', b: '1' }],
    ['a="" b=1', { a: '', b: '1' }],
    ['noise a=1', { a: '1' }],
    ['a=1 a=2', { a: '2' }],
    ['a="open b=2', { a: '"open', b: '2' }],
    ['k.x-y/z=1', { 'k.x-y/z': '1' }],
  ])('of %j', (text, expected) => {
    expect(plain(text)).toEqual(expected)
  })

  it.each(['', 'nothing', '=', '= =', ' =x'])('are not in %j', (text) => {
    expect(plain(text)).toBeUndefined()
  })
})

describe('pairs with spaces in their values', () => {
  it.each([
    ['act=blocked by rule src=1.2.3.4', { act: 'blocked by rule', src: '1.2.3.4' }],
    ['msg="a b=c" x=1', { msg: 'a b=c', x: '1' }],
    ['CEF:0|v|p|1 src=10.0.0.1 msg=x y', { src: '10.0.0.1', msg: 'x y' }],
    ['a=', { a: '' }],
  ])('of %j', (text, expected) => {
    expect(lax(text)).toEqual(expected)
  })

  it.each(['', 'nothing', '=', '1='])('are not in %j', (text) => {
    expect(lax(text)).toBeUndefined()
  })
})

describe('hostile texts', () => {
  it('take time linear in them', () => {
    const size = 500_000
    for (const text of [
      'a'.repeat(size),
      `=${'a'.repeat(size)}`,
      'a="'.repeat(size / 3),
      `${'a'.repeat(size)}=`,
      '1'.repeat(size),
      `${'1.'.repeat(size / 2)}=`,
      '"='.repeat(size / 2),
    ]) {
      parsePairs(text)
      parsePairsLax(text)
    }
  })

  it('are not read above the limit', () => {
    expect(parsePairs(`a=${'x'.repeat(maxPairsLength - 2)}`)?.size).toBe(1)
    expect(parsePairs(`a=${'x'.repeat(maxPairsLength - 1)}`)).toBeUndefined()
    expect(parsePairsLax(`a=${'x'.repeat(maxPairsLength - 1)}`)).toBeUndefined()
  })

  it('never make them fail', () => {
    const piece = fc.constantFrom('a', '=', '"', '\\', ' ', '\n', '1', '.', 'key=', '="', 'é')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        parsePairs(pieces.join(''))
        parsePairsLax(pieces.join(''))
      }),
    )
  })
})
