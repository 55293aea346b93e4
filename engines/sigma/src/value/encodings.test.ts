import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SigmaError } from '../error.ts'
import { base64Offsets, dashVariants, encodeText } from './encodings.ts'

describe('base64Offsets', () => {
  it('gives the three forms of the specification', () => {
    expect(base64Offsets(encodeText('/bin/bash', 'utf8'))).toEqual([
      'L2Jpbi9iYXNo',
      '9iaW4vYmFza',
      'vYmluL2Jhc2',
    ])
  })

  it('is found in the base64 of any text around it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 3 }), fc.string(), fc.string(), (needle, before, behind) => {
        const whole = Buffer.from(`${before}${needle}${behind}`).toString('base64')
        expect(base64Offsets(Buffer.from(needle)).some((form) => whole.includes(form))).toBe(true)
      }),
    )
  })
})

describe('dashVariants', () => {
  it('changes dashes that start an option, all combinations', () => {
    expect(dashVariants(' -param-name ', [])).toEqual([
      ' -param-name ',
      ' /param-name ',
      ' –param-name ',
      ' —param-name ',
      ' ―param-name ',
    ])
    expect(dashVariants('/a /b', [])).toHaveLength(25)
  })

  it('refuses more combinations than the limit', () => {
    expect(dashVariants('-a '.repeat(5), [])).toHaveLength(3125)
    expect(() => dashVariants('-a '.repeat(6), [])).toThrow(SigmaError)
  })
})

describe('encodeText', () => {
  it('writes the encodings of the specification', () => {
    expect(encodeText('A', 'utf16le').toString('hex')).toBe('4100')
    expect(encodeText('A', 'utf16be').toString('hex')).toBe('0041')
    expect(encodeText('A', 'utf16').toString('hex')).toBe('fffe4100')
  })
})
