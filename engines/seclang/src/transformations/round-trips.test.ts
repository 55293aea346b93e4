import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { transformations } from './registry.ts'

const bytes = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 80 })
  .map((codes) => String.fromCharCode(...codes))

function apply(name: string, input: string): string {
  const member = transformations.get(name.toLowerCase())
  if (member === undefined) throw new Error(`no transformation ${name}`)
  return member.apply(input)
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0')
const each = (input: string, encode: (code: number) => string): string =>
  Array.from(input, (letter) => encode(letter.charCodeAt(0))).join('')

type Encoder = (input: string) => string

// Each decoder undoes the encoding it is named after, for every byte string.
const pairs: readonly (readonly [decoder: string, how: string, encode: Encoder])[] = [
  ['urlDecode', 'urlEncode', (input) => apply('urlEncode', input)],
  ['urlDecode', '%HH', (input) => each(input, (code) => `%${hex(code, 2)}`)],
  ['urlDecode', '%HH in capitals', (input) => each(input, (code) => `%${hex(code, 2).toUpperCase()}`)],
  ['urlDecodeUni', 'urlEncode', (input) => apply('urlEncode', input)],
  ['urlDecodeUni', '%u00HH', (input) => each(input, (code) => `%u00${hex(code, 2)}`)],
  ['hexDecode', 'hexEncode', (input) => apply('hexEncode', input)],
  ['base64Decode', 'base64Encode', (input) => apply('base64Encode', input)],
  ['base64DecodeExt', 'base64Encode', (input) => apply('base64Encode', input)],
  ['base64DecodeExt', 'base64 without padding', (input) => apply('base64Encode', input).replace(/=+$/, '')],
  [
    'base64DecodeExt',
    'base64 with noise',
    (input) => apply('base64Encode', input).replace(/(?=[A-Za-z])/g, '. '),
  ],
  ['jsDecode', '\\xHH', (input) => each(input, (code) => `\\x${hex(code, 2)}`)],
  ['jsDecode', '\\u00HH', (input) => each(input, (code) => `\\u00${hex(code, 2)}`)],
  ['jsDecode', 'octal', (input) => each(input, (code) => `\\${code.toString(8).padStart(3, '0')}`)],
  ['escapeSeqDecode', '\\xHH', (input) => each(input, (code) => `\\x${hex(code, 2)}`)],
  ['escapeSeqDecode', 'octal', (input) => each(input, (code) => `\\${code.toString(8).padStart(3, '0')}`)],
  ['cssDecode', '\\0000HH', (input) => each(input, (code) => `\\0000${hex(code, 2)}`)],
  ['cssDecode', '\\HH and a blank', (input) => each(input, (code) => `\\${hex(code, 2)} `)],
  ['htmlEntityDecode', '&#N;', (input) => each(input, (code) => `&#${code};`)],
  ['htmlEntityDecode', '&#xH;', (input) => each(input, (code) => `&#x${code.toString(16)};`)],
  ['htmlEntityDecode', '&#00000N;', (input) => each(input, (code) => `&#00000${code};`)],
]

describe('decoders', () => {
  it.each(pairs)('t:%s undoes %s', (decoder, _how, encode) => {
    fc.assert(
      fc.property(bytes, (input) => {
        const encoded = encode(input)
        expect(apply(decoder, encoded)).toBe(input)
      }),
      { numRuns: 100 },
    )
  })

  it('t:sqlHexDecode undoes a literal of MySQL', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        if (input !== '') expect(apply('sqlHexDecode', `0x${apply('hexEncode', input)}`)).toBe(input)
      }),
      { numRuns: 100 },
    )
  })

  it('t:urlDecodeUni undoes t:utf8toUnicode for Latin-1 letters', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const text = input.replaceAll('\0', '').replace(/[%+]/g, '')
        const utf8 = Buffer.from(text, 'utf8').toString('latin1')
        expect(apply('urlDecodeUni', apply('utf8toUnicode', utf8))).toBe(text)
      }),
      { numRuns: 200 },
    )
  })
})

const twice = [
  'cmdLine',
  'compressWhitespace',
  'lowercase',
  'uppercase',
  'normalisePath',
  'normalisePathWin',
  'parityZero7bit',
  'removeNulls',
  'removeWhitespace',
  'replaceNulls',
  'trim',
  'trimLeft',
  'trimRight',
  'none',
]

describe('transformations that settle', () => {
  it.each(twice)('t:%s changes nothing the second time', (name) => {
    fc.assert(
      fc.property(bytes, (input) => {
        const once = apply(name, input)
        if (name !== 'cmdLine') expect(apply(name, once)).toBe(once)
        else expect(apply(name, apply(name, once))).toBe(apply(name, once))
      }),
      { numRuns: 200 },
    )
  })

  it('t:normalisePath never leaves a climb in an absolute path', () => {
    const segment = fc.constantFrom('..', '.', '', 'a', 'b.c', '...')
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 12 }), (segments) => {
        const path = apply('normalisePath', `/${segments.join('/')}`)
        expect(path.split('/').includes('..')).toBe(false)
        expect(path.includes('//')).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  it('t:removeNulls leaves no NUL and t:removeWhitespace no blank', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        expect(apply('removeNulls', input).includes('\0')).toBe(false)
        expect(/[\t-\r \xa0]/.test(apply('removeWhitespace', input))).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  it('the three parities agree on the low seven bits', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const zero = apply('parityZero7bit', input)
        expect(apply('parityZero7bit', apply('parityEven7bit', input))).toBe(zero)
        expect(apply('parityZero7bit', apply('parityOdd7bit', input))).toBe(zero)
      }),
      { numRuns: 100 },
    )
  })
})
