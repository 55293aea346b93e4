import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseYaml, parseYamlStream, yamlErrorCodes, yamlLimits } from './index.ts'
import type { YamlError } from './index.ts'

interface Case {
  readonly name: string
  readonly text: string
  readonly value?: unknown
  readonly errors?: readonly Partial<YamlError>[]
}

const cases = JSON.parse(
  readFileSync(new URL('../testdata/documents.json', import.meta.url), 'utf8'),
) as Case[]

/** Maps come without prototype; comparison is by content. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))

const runs = Number(process.env['SEVENFOLD_PROPERTY_RUNS'] ?? 300)
const seed = Number(process.env['SEVENFOLD_PROPERTY_SEED'] ?? 7)

describe('parseYaml', () => {
  for (const { name, text, value, errors } of cases) {
    it(name, () => {
      const parsed = parseYaml(text)
      if (errors === undefined) {
        expect(parsed.errors).toEqual([])
        expect(plain(parsed.value)).toEqual(value)
      } else {
        expect(parsed.errors.slice(0, errors.length)).toMatchObject(errors)
        expect(parsed.value === undefined || parsed.errors.length > 0).toBe(true)
      }
    })
  }

  it('gives no value whenever there is an error', () => {
    for (const { text, errors } of cases) {
      if (errors !== undefined) expect(parseYaml(text).value).toBeUndefined()
    }
  })

  it('keeps __proto__ as a key and changes no prototype', () => {
    const { value } = parseYaml('__proto__:\n  polluted: true\n')
    expect(Object.keys(value as object)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('reads every JSON document as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(plain(parseYaml(text).value)).toEqual(plain(JSON.parse(text)))
      }),
      { numRuns: runs, seed },
    )
  })

  it('never throws, and names a place within the text', () => {
    const marks = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '-',
      '[',
      ']',
      '{',
      '}',
      '&x',
      '*x',
      '!',
      '|',
      '>',
      '"',
      "'",
      '#',
      '%',
      '---',
      '\t',
      '\r',
      '\u0000',
      '💥',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(marks).map((all) => all.join('')),
        ),
        (text) => {
          const parsed = parseYaml(text)
          for (const error of parsed.errors) {
            expect(yamlErrorCodes).toContain(error.code)
            expect(error.line).toBeGreaterThanOrEqual(1)
            expect(error.line).toBeLessThanOrEqual(text.split('\n').length + 1)
          }
        },
      ),
      { numRuns: runs, seed },
    )
  })

  it('shows no control characters of the text in messages', () => {
    for (const text of ['"\u001b]0;x": 1\n"\u001b]0;x": 2\n', 'a: !\u001b[31m x\n', 'a: "\u001b[31m\n']) {
      for (const { message } of parseYaml(text).errors) expect(message).toMatch(/^[\x20-\x7e]*$/)
    }
  })
})

describe('scalars as text', () => {
  it('keeps every plain scalar as it stands', () => {
    const text = 'a: 0x10\nb: [1.0, true, null, ~, 2024-01-01]\nc: "q"\nd:\n'
    expect(plain(parseYaml(text, yamlLimits, 'text').value)).toEqual({
      a: '0x10',
      b: ['1.0', 'true', 'null', '~', '2024-01-01'],
      c: 'q',
      d: '',
    })
  })
})

describe('limits', () => {
  it('takes a text of exactly the size and refuses one byte more', () => {
    const limits = { ...yamlLimits, maxBytes: 10 }
    expect(parseYaml('a: 12345é', limits).errors).toEqual([])
    expect(parseYaml('a: 123456é', limits).errors).toMatchObject([
      { code: 'YAML_TOO_LARGE', line: 1, column: 1 },
    ])
  })

  it('takes maps of exactly the depth and refuses one level more', () => {
    const limits = { ...yamlLimits, maxDepth: 4 }
    expect(parseYaml('[[[[1]]]]', limits).errors).toEqual([])
    expect(parseYaml('[[[[[1]]]]]', limits).errors).toMatchObject([{ code: 'YAML_TOO_DEEP' }])
    expect(parseYaml('a:\n b:\n  c:\n   d: 1\n', limits).errors).toEqual([])
    expect(parseYaml('a:\n b:\n  c:\n   d:\n    e: 1\n', limits).errors).toMatchObject([
      { code: 'YAML_TOO_DEEP' },
    ])
  })

  it('answers a million brackets without ending the stack', () => {
    for (const mark of ['[', '{', '- ', '? ', 'a: [']) {
      const errors = parseYaml(mark.repeat(200_000)).errors
      expect(errors.length).toBeGreaterThan(0)
    }
  })

  it('counts values with aliases in full, so that a bomb of aliases ends at the limit', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let level = 1; level < 10; level += 1) {
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`)
    }
    const { errors, value } = parseYaml(lines.join('\n'))
    expect(value).toBeUndefined()
    expect(errors).toMatchObject([{ code: 'YAML_TOO_MANY_NODES' }])
  })

  it('is not slowed down by many aliases of one anchor', () => {
    const text = `a: &a 1\n${Array.from({ length: 20_000 }, (_, index) => `key${index}: *a`).join('\n')}`
    expect(parseYaml(text).errors).toEqual([])
  })

  it('counts depth with aliases in full', () => {
    const lines = ['a0: &a0 [x]']
    for (let level = 1; level < 40; level += 1) lines.push(`a${level}: &a${level} [*a${level - 1}]`)
    expect(parseYaml(lines.join('\n')).errors).toMatchObject([{ code: 'YAML_TOO_DEEP' }])
  })

  it('takes exactly the number of values and refuses one more', () => {
    const limits = { ...yamlLimits, maxNodes: 4 }
    expect(parseYaml('[1, 2, 3]', limits).errors).toEqual([])
    expect(parseYaml('[1, 2, 3, 4]', limits).errors).toMatchObject([{ code: 'YAML_TOO_MANY_NODES' }])
  })

  it('is not slowed down by one very wide map', () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `key${index}: 1`).join('\n')
    const parsed = parseYaml(text)
    expect(parsed.errors).toEqual([])
    expect(Object.keys(parsed.value as object)).toHaveLength(20_000)
  })

  it('stops at fifty errors of one text', () => {
    const text = Array.from({ length: 200 }, () => 'a: 1').join('\n')
    expect(parseYaml(text).errors).toHaveLength(50)
  })
})

describe('at', () => {
  const text =
    'version: 1\nsites:\n  - name: shop\n    upstream: "http://x"\n  - &two\n    name: blog\nagain: *two\nempty:\n'
  const parsed = parseYaml(text)

  it('points at values and at keys', () => {
    expect(parsed.at(['version'])).toEqual({ line: 1, column: 10 })
    expect(parsed.at(['version'], 'key')).toEqual({ line: 1, column: 1 })
    expect(parsed.at(['sites', 0, 'upstream'])).toEqual({ line: 4, column: 15 })
    expect(parsed.at(['sites', 0, 'upstream'], 'key')).toEqual({ line: 4, column: 5 })
  })

  it('points into the anchor for a value behind an alias', () => {
    expect(parsed.at(['again', 'name'])).toEqual({ line: 6, column: 11 })
  })

  it('points at the nearest key above for a path that does not exist', () => {
    expect(parsed.at(['sites', 0, 'mode', 'x'])).toEqual(parsed.at(['sites', 0]))
    expect(parsed.at(['nobody'])).toEqual({ line: 1, column: 1 })
  })

  it('points at the key when the value is empty', () => {
    expect(parsed.at(['empty']).line).toBe(8)
  })

  it('points at the start of a list for a place behind its end', () => {
    expect(parsed.at(['sites', 9]).line).toBe(2)
  })
})

describe('parseYamlStream', () => {
  const limits = { ...yamlLimits, maxDocuments: 3 }

  it('gives each document with positions in the whole text', () => {
    const documents = parseYamlStream('a: 1\n---\nb: 2\n---\nc: 3\n', limits)
    expect(documents.map(({ value }) => plain(value))).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }])
    expect(documents[2]?.at(['c'])).toEqual({ line: 5, column: 4 })
  })

  it('keeps the good documents beside a bad one', () => {
    const documents = parseYamlStream('a: 1\n---\nb: 2\nb: 3\n', limits)
    expect(documents.map(({ errors }) => errors.length)).toEqual([0, 1])
  })

  it('refuses one document too many', () => {
    expect(parseYamlStream('1\n---\n2\n---\n3\n', limits)).toHaveLength(3)
    expect(parseYamlStream('1\n---\n2\n---\n3\n---\n4\n', limits)).toMatchObject([
      { errors: [{ code: 'YAML_TOO_MANY_DOCUMENTS' }] },
    ])
  })

  it('counts values over all documents together', () => {
    expect(
      parseYamlStream('[1]\n---\n[1, 2]\n', { ...limits, maxNodes: 4 }).map(({ errors }) => errors.length),
    ).toEqual([0, 1])
  })
})
