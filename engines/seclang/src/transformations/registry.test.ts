import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { transformations } from './registry.ts'
import { createUrlDecodeUni } from './url-decode-uni.ts'

type Vector = readonly [name: string, input: string, output: string]

const vectors: readonly Vector[] = [
  ['base64Decode', 'aGVsbG8=', 'hello'],
  ['base64Decode', 'aGVs\r\nbG8=', 'hello'],
  ['base64Decode', 'aGVs!bG8=', ''],
  ['base64Decode', '/w==', '\xff'],
  ['base64Decode', '', ''],
  ['base64DecodeExt', 'a.G-V s\nbG8', 'hello'],
  ['base64DecodeExt', 'aGVsbG8', 'hello'],
  ['base64DecodeExt', 'a=', ''],
  ['base64DecodeExt', '%%%', ''],
  ['base64Encode', 'hello', 'aGVsbG8='],
  ['base64Encode', '\xff\0', '/wA='],
  ['cmdLine', 'C^At "/eTc/passwd"', 'cat/etc/passwd'],
  ['cmdLine', 'ls,;  -l', 'ls -l'],
  ['cmdLine', 'echo (x)', 'echo(x)'],
  ['cmdLine', '/a/b', '/a/b'],
  ['compressWhitespace', 'a \t\r\n b', 'a b'],
  ['compressWhitespace', 'a\tb', 'a b'],
  ['compressWhitespace', 'a b', 'a b'],
  ['cssDecode', 'ja\\vascript', 'javascript'],
  ['cssDecode', '\\6a\\61 v', 'jav'],
  ['cssDecode', '\\ff41 bc', 'abc'],
  ['cssDecode', '\\00ff41', 'a'],
  ['cssDecode', '\\01ff41', 'A'],
  ['cssDecode', 'a\\\nb', 'ab'],
  ['cssDecode', 'a\\', 'a'],
  ['escapeSeqDecode', '\\x41\\101\\n\\q', 'AA\nq'],
  ['escapeSeqDecode', '\\xZZ', 'xZZ'],
  ['escapeSeqDecode', '\\777', '\xff'],
  ['escapeSeqDecode', 'end\\', 'end\\'],
  ['hexDecode', '414243', 'ABC'],
  ['hexDecode', '41424', 'AB'],
  ['hexEncode', 'AB\xff', '4142ff'],
  ['htmlEntityDecode', '&lt;&#60;&#x3c;&#x3C', '<<<<'],
  ['htmlEntityDecode', '&#0000060;script&gt', '<script>'],
  ['htmlEntityDecode', '&lt/script&gt', '</script>'],
  ['htmlEntityDecode', '&gtm_id=7&ltscript&amp1&lt_&lt', '&gtm_id=7&ltscript&amp1<_<'],
  ['htmlEntityDecode', '&amp;lt;', '&lt;'],
  ['htmlEntityDecode', '&nbsp;', '\xa0'],
  ['htmlEntityDecode', '&foo; & &# &#x;', '&foo; & &# &#x;'],
  ['jsDecode', '\\u003cscript\\x3e', '<script>'],
  ['jsDecode', '\\uff1c', '<'],
  ['jsDecode', '\\74\\t\\z', '<\tz'],
  ['jsDecode', '\\400', ' 0'],
  ['jsDecode', '\\u00', 'u00'],
  ['length', 'abc', '3'],
  ['length', '', '0'],
  ['lowercase', 'AbC\xc0', 'abc\xc0'],
  ['uppercase', 'AbC\xe0', 'ABC\xe0'],
  ['none', 'AbC', 'AbC'],
  ['md5', '', '\xd4\x1d\x8c\xd9\x8f\x00\xb2\x04\xe9\x80\x09\x98\xec\xf8\x42\x7e'],
  ['normalisePath', '/a/./b/../c', '/a/c'],
  ['normalisePath', '/../../etc/passwd', '/etc/passwd'],
  ['normalisePath', 'a/../../b', '../b'],
  ['normalisePath', '//a//b//', '/a/b/'],
  ['normalisePath', './', ''],
  ['normalisePath', '/', '/'],
  ['normalisePath', '...', '...'],
  ['normalizePath', 'a/..', ''],
  ['normalisePathWin', 'c:\\a\\..\\b', 'c:/b'],
  ['normalizePathWin', 'a\\\\b', 'a/b'],
  ['parityEven7bit', '\x01\x03', '\x81\x03'],
  ['parityOdd7bit', '\x01\x03', '\x01\x83'],
  ['parityZero7bit', '\x81a', '\x01a'],
  ['phpArgsNames', 'a.b c[d.e][f g]h', 'a_b_c[d.e][f g]'],
  ['phpArgsNames', ' a[b', 'a_b'],
  ['phpArgsNames', '[a]', ''],
  ['phpArgsNames', 'plain', 'plain'],
  ['removeComments', 'a/*x*/b', 'ab'],
  ['removeComments', 'a<!-- x -->b', 'ab'],
  ['removeComments', 'a--b', 'a'],
  ['removeComments', 'a#b', 'a'],
  ['removeComments', 'a/*b', 'a '],
  ['removeComments', '/**/', '\0'],
  ['removeCommentsChar', 'se/**/lect--x#<!--y-->', 'selectxy'],
  ['removeNulls', 'a\0b\0', 'ab'],
  ['removeWhitespace', 'a b\xa0\xc2\tc', 'abc'],
  ['replaceComments', 'a/*x*/b/*', 'a b '],
  ['replaceComments', 'a/b', 'a/b'],
  ['replaceNulls', 'a\0b', 'a b'],
  ['sha1', 'abc', '\xa9\x99\x3e\x36\x47\x06\x81\x6a\xba\x3e\x25\x71\x78\x50\xc2\x6c\x9c\xd0\xd8\x9d'],
  ['sqlHexDecode', 'a 0x414243 b', 'a ABC b'],
  ['sqlHexDecode', '0X4', '0X4'],
  ['sqlHexDecode', '0x41424', 'AB4'],
  ['trim', ' \t a b\r\n', 'a b'],
  ['trimLeft', '  a ', 'a '],
  ['trimRight', ' a  ', ' a'],
  ['urlDecode', 'a%20b+c%zz%4', 'a b c%zz%4'],
  ['urlDecode', '%25%32%30', '%20'],
  ['urlDecodeUni', '%u0041%uff1c%U003e%20', 'A<> '],
  ['urlDecodeUni', '%u00', '%u00'],
  ['urlDecodeUni', '%uzzzz%41', '%uzzzzA'],
  ['urlEncode', "a b*'\xff", 'a+b*%27%ff'],
  ['utf8toUnicode', 'a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80', 'a%u00e9%u20ac%u1f600'],
  ['utf8toUnicode', '\xc0\xae', '%u002e\xc0'],
  ['utf8toUnicode', 'a\xc3(', 'a('],
]

describe('transformations', () => {
  it.each(vectors)('t:%s turns %j into %j', (name, input, output) => {
    expect(transformations.get(name.toLowerCase())?.apply(input)).toBe(output)
  })

  it('are found by their names in lower case, whatever rules write', () => {
    for (const [key, member] of transformations) expect(key).toBe(member.name.toLowerCase())
    expect(transformations.size).toBe(39)
  })

  it('give the very same string when nothing changes', () => {
    const input = ['plain', 'text'].join('')
    const rewriting = new Set(['length', 'md5', 'sha1', 'hexencode', 'hexdecode', 'uppercase'])
    for (const [key, member] of transformations) {
      if (key.startsWith('base64') || key.startsWith('parity') || rewriting.has(key)) continue
      expect(member.apply(input), key).toBe(input)
    }
  })

  it('never throw, stay byte strings, and grow at most sixfold, on any bytes', () => {
    const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 300 })
    const spiced = fc.array(
      fc.oneof(
        fc.constantFrom(
          '%',
          '%u',
          '\\',
          '\\x',
          '\\u',
          '&#',
          '&#x',
          '&lt',
          '/*',
          '*/',
          '--',
          '../',
          '0x',
          '\0',
          '+',
          '=',
        ),
        bytes.map((list) => String.fromCharCode(...list.slice(0, 6))),
      ),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(spiced, (parts) => {
        const input = parts.join('')
        for (const [key, member] of transformations) {
          const output = member.apply(input)
          expect(/^[\0-\xff]*$/.test(output), key).toBe(true)
          expect(output.length, key).toBeLessThanOrEqual(input.length * 6 + 40)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('decode long values just as short ones (beyond the kept buffer)', () => {
    const long = '%41+'.repeat(40_000)
    expect(transformations.get('urldecodeuni')?.apply(long)).toBe('A '.repeat(40_000))
    expect(transformations.get('lowercase')?.apply('A'.repeat(70_000))).toBe('a'.repeat(70_000))
  })

  it('url-decode through the best-fit map of a code page', () => {
    const map = new Int16Array(65_536).fill(-1)
    map[0x2215] = 47
    const decoder = createUrlDecodeUni(map)
    expect(decoder.apply('..%u2215etc%u0041')).toBe('../etcA')
  })
})
