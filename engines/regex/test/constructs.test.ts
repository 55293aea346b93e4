import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { compareEngines, type CompareOptions } from './engines.ts'

/** One construct of the syntax: patterns, and texts that tell a right translation from nearly right ones. */
interface Construct {
  readonly name: string
  readonly options?: CompareOptions
  readonly patterns: readonly string[]
  readonly texts: readonly string[]
}

const lines = ['', 'a', '\n', 'a\n', '\na', 'a\nb', 'a\r\nb', 'ab\n\n', 'b\na\nb', '\r', 'a\rb']
const bytes = [
  '',
  '\0',
  '\t',
  '\v',
  '\f',
  ' ',
  '\x1f',
  '\x7f',
  '\x80',
  '\x85',
  '\xa0',
  '\xb5',
  '\xc3\xa9',
  '\xdf',
  '\xff',
  'a',
  '_',
  '0',
]
const cases = [
  '',
  'k',
  'K',
  's',
  'S',
  '\xe9',
  '\xc9',
  '\xff',
  '\xb5',
  'AbC',
  'aBc',
  'abc',
  'ABC',
  '[',
  '{',
  '@',
  '`',
  'Z[',
  'z{',
]
const wide = [
  'k',
  'K',
  '\u212a',
  's',
  'S',
  '\u017f',
  '\xe9',
  '\xc9',
  '\u03c3',
  '\u03c2',
  '\u03a3',
  '\u0130',
  'i',
  'I',
  '\u0131',
  '\xb5',
  '\u03bc',
  '\xdf',
  '\u1e9e',
  '\u{10400}',
  '\u{10428}',
]

const constructs: readonly Construct[] = [
  {
    name: 'ends of the input',
    patterns: ['^', '$', '^$', '^a$', 'a$', '^a', '\\Aa', 'a\\z', '\\A\\z', '^^a$$', '(?:^|a)b', 'a(?:$|b)'],
    texts: lines,
  },
  {
    name: 'ends of lines',
    options: { multiline: true },
    patterns: ['^', '$', '^$', '^a$', 'a$', '^b', '\\Aa', 'a\\z', '(?-m:^a$)', '^\\s*$', '$\\n^'],
    texts: lines,
  },
  {
    name: 'ends of lines, by flag inside',
    patterns: ['(?m)^b$', '(?m:^)b', 'a(?m:$)', '(?m:^a$)\\n', '(?m)^(?-m)b$', '(?m)$\\r?\\n'],
    texts: lines,
  },
  {
    name: 'the dot',
    patterns: [
      '.',
      '^.$',
      '^.+$',
      'a.b',
      '.*',
      '.?b',
      '(?s).',
      '(?s)a.+b',
      '(?s:.)(?-s:.)',
      '^(?s:.*)$',
      '^.*$',
    ],
    texts: [...lines, ...bytes],
  },
  {
    name: 'the dot that takes everything',
    options: { dotAll: true },
    patterns: ['.', '^.+$', 'a.b', '(?-s).', '(?-s:a.)b', '.*\\n'],
    texts: [...lines, ...bytes],
  },
  {
    name: 'white space and its complement',
    patterns: ['\\s', '\\S', '^\\s$', '^\\S$', '[\\s]', '[^\\s]', '[\\S]', '[^\\S]', '[\\s\\S]', '[\\s\\d]+'],
    texts: bytes,
  },
  {
    name: 'words and digits',
    patterns: [
      '\\w',
      '\\W',
      '^\\w$',
      '^\\W$',
      '[\\w]',
      '[^\\w]',
      '[\\w-]',
      '[-\\w]',
      '\\d',
      '\\D',
      '[\\d.]',
      '[^\\d]',
      '[\\D]',
    ],
    texts: bytes,
  },
  {
    name: 'word borders',
    patterns: [
      '\\b',
      '\\B',
      '\\ba',
      'a\\b',
      '\\Ba',
      'a\\B',
      '\\b\\w+\\b',
      '\\b\\b',
      '\\B\\B',
      '^\\b',
      '\\b$',
      '\\b-\\b',
      '(?:\\b|_)a',
    ],
    texts: ['', 'a', 'a-b', ' a ', '_a_', 'ab', '\xe9a', 'a\xe9', '-', '--', 'a\nb', '0a', 'a0_ '],
  },
  {
    name: 'sets',
    patterns: [
      '[abc]',
      '[a-c]',
      '[^a-c]',
      '[]a]',
      '[^]a]',
      '[a-]',
      '[-a]',
      '[\\]a]',
      '[\\^a]',
      '[a^]',
      '[\\x61]',
      '[\\x41-\\x5a]',
      '[!-/]',
      '[\\-x]',
      '[.*+?]',
      '[\\\\]',
      '[a\\n]',
    ],
    texts: ['a', 'b', 'c', 'd', ']', '^', '-', '\\', '\n', 'Z', '/', '.', 'x', ''],
  },
  {
    name: 'named sets',
    patterns: [
      '[[:alpha:]]',
      '[[:^alpha:]]',
      '[[:digit:]x]',
      '[^[:space:]]',
      '[[:punct:]]',
      '[[:xdigit:]]+',
      '[[:upper:][:digit:]]',
      '[[:cntrl:]]',
      '[[:blank:]]',
      '[[:word:]]',
      '[[:print:]]',
      '[[:graph:]]',
      '[[:alnum:]]',
    ],
    texts: [...bytes, 'g', 'F', 'x', '!', '~'],
  },
  {
    name: 'repeats',
    patterns: [
      'a*',
      'a+',
      'a?',
      'a{2}',
      'a{2,}',
      'a{1,3}',
      'a{0}',
      'a{0,0}b',
      'a{0,1}',
      '(?:ab){2}',
      '(?:a|b){2,3}c',
      'a{3}a{2}',
      '(a{1,2}){2}',
      '(?:a?){3}',
      '(?:a*)*b',
      '(?:a+)+b',
      '(?:){5}',
    ],
    texts: ['', 'a', 'aa', 'aaa', 'aaaa', 'aaaaa', 'b', 'ab', 'abab', 'aab', 'abbc', 'aaac', 'aaab'],
  },
  {
    name: 'lazy repeats',
    patterns: [
      'a*?',
      'a+?',
      'a??',
      'a{2}?',
      'a{2,}?',
      'a{1,3}?',
      'a*?b',
      '(a+?)(a*)',
      '(a??)(a?)',
      '(?:a|ab)+?c',
      '^(.*?)b',
      '(?U)a*',
      '(?U)(a+)(a*?)',
    ],
    texts: ['', 'a', 'aa', 'aaa', 'aab', 'abc', 'aabc', 'ababc', 'b'],
  },
  {
    name: 'alternatives, first one wins',
    patterns: [
      'a|ab',
      'ab|a',
      '(a|ab)(c|bcd)',
      '(?:|a)b',
      '(?:a|)b',
      'a||b',
      '(a|b|c)*',
      '(?:ab|a)(?:b|)c',
      'x|y|z',
      '(?:foo|foobar)$',
    ],
    texts: ['', 'a', 'ab', 'abc', 'abcd', 'b', 'foobar', 'z', 'bca', 'aabb'],
  },
  {
    name: 'groups',
    patterns: [
      '(a)(b)?',
      '(a)|(b)',
      '((a)|b)+',
      '(?P<n>a)b',
      '(?:a(b)c)?',
      '(a*)(a*)',
      '((((a))))',
      '()',
      '(a)()(b)',
      '(?:(a)|(b)|(c))+',
      '(a(b(c)?)?)?',
    ],
    texts: ['', 'a', 'b', 'ab', 'abc', 'ba', 'aab', 'cab', 'abcabc'],
  },
  {
    name: 'case of ASCII',
    options: { ignoreCase: true },
    patterns: [
      'k',
      's',
      'abc',
      '[a-c]+',
      '[^k]',
      'Z',
      '[Z-a]',
      '[@-[]',
      '[`-{]',
      '(?-i)k',
      '(?-i:a)b',
      '[[:upper:]]',
      '[[:lower:]]',
      '\\x4b',
      '[\\x41-\\x43]',
    ],
    texts: cases,
  },
  {
    name: 'case, switched inside',
    patterns: [
      '(?i)abc',
      '(?i:a)b',
      'a(?i)b',
      '(?i)a(?-i)b',
      '(?i:a(?-i:b)c)',
      '(a(?i)b)c',
      '(?i)[^a]',
      'a(?i:[b-d])',
    ],
    texts: ['abc', 'ABC', 'aBc', 'Abc', 'ab', 'aB', 'AB', 'ABc', 'abC'],
  },
  {
    name: 'case of Unicode',
    options: { mode: 'string', ignoreCase: true },
    patterns: [
      'k',
      's',
      '\xe9',
      '\u03c3',
      '\u03a3',
      '\xb5',
      '[a-z]',
      '[\xe0-\xef]',
      '[^k]',
      '\xdf',
      '\u{10428}',
      '[\u{10400}-\u{10410}]',
    ],
    texts: wide,
  },
  {
    name: 'escapes',
    patterns: [
      '\\x41',
      '\\x{41}',
      '\\n',
      '\\r',
      '\\t',
      '\\f',
      '\\v',
      '\\a',
      '\\e',
      '\\0',
      '\\.',
      '\\*',
      '\\\\',
      '\\/',
      '\\-',
      '\\"',
      "\\'",
      '\\[',
      '\\{',
      '\\x00',
      '\\xff',
      '\\Q.*\\E',
      '\\Qa',
    ],
    texts: [...bytes, 'A', '\n', '\r', '\x07', '\x1b', '.', '*', '\\', '/', '-', '"', "'", '[', '{', '.*'],
  },
  {
    name: 'braces that are none',
    patterns: ['a{', 'a{x}', 'a{,', '{', '}', 'a}', '{1', 'x{1,2', 'a{ 1}'],
    texts: ['a', 'a{', 'a{x}', 'a{,', '{', '}', 'a}', '{1', 'x{1,2', 'a{ 1}', 'aa'],
  },
]

/** Patterns that re2js refuses or reads otherwise: the engines of our own and V8 still have to agree. */
const ownReading =
  /\\[vzaefQ0]|\[\^?\]|\\Z|\{,|\\x\{|\[:word:\]|a\{$|a\{x|\{1|\{ |^\{|^\}|\\[/"'-]|\(\?U\)|\|\||\(\?-m\)/

describe.each(constructs)('$name', ({ options = {}, patterns, texts }) => {
  it.each(patterns)('are read alike by all engines: %s', (pattern) => {
    const compared = compareEngines(pattern, {
      mode: 'bytes',
      ...options,
      withoutRe2: ownReading.test(pattern),
    })
    for (const text of texts) {
      const expected = compared.finders.get('pike')?.(text)
      for (const [engine, find] of compared.finders)
        expect({ engine, text, found: find(text) }).toEqual({ engine, text, found: expected })
    }
  })

  it.each(patterns)('give the same from the compiled expression: %s', (pattern) => {
    const { withoutRe2: _, maxCacheBytes: __, ...rest } = options
    const regex = compileRegex(pattern, { mode: 'bytes', ...rest })
    const compared = compareEngines(pattern, { mode: 'bytes', ...options, withoutRe2: true })
    for (const text of texts) {
      const slots = compared.finders.get('pike')?.(text) ?? null
      expect({ text, test: regex.test(text) }).toEqual({ text, test: slots !== null })
    }
  })
})

describe('the table of constructs', () => {
  it('has re2js as a judge of most patterns', () => {
    const all = constructs.flatMap(({ patterns }) => patterns)
    const judged = all.filter((pattern) => !ownReading.test(pattern))
    expect(judged.length / all.length).toBeGreaterThan(0.7)
  })
})
