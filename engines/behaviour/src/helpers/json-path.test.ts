import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { jsonPath, jsonStringAt, jsonTextAt } from './json-path.ts'

const at = (text: string, path: string): string | undefined => jsonTextAt(text, jsonPath(path))

describe('a member of a JSON text', () => {
  it.each([
    ['{"a": "x"}', 'a', 'x'],
    ['{ "a" : { "b" : [ 1 , {"c": true} ] } }', 'a.b[1].c', 'true'],
    ['{"a": {"b": 1}}', 'a', '{"b": 1}'],
    ['{"a": "}{][,\\""}', 'a', '}{][,\\"'],
    ['{"x": "}", "a": [1, [2, 3]]}', 'a[1][0]', '2'],
    ['{"a": -1.50e3}', 'a', '-1.50e3'],
    ['{"\\u0061": 1}', 'a', '1'],
    ['[{"a": 1}, {"a": 2}]', '[1].a', '2'],
    ['{"a": 1, "a": 2}', 'a', '1'],
    ['  {"a":\n\t"x"}', 'a', 'x'],
    ['{"a": 1', 'a', '1'],
    ['{"a": "x", "b": broken', 'a', 'x'],
  ])('of %s at %s is %s', (text, path, expected) => {
    expect(at(text, path)).toBe(expected)
  })

  it.each([
    ['{"a": null}', 'a'],
    ['{"a": 1}', 'b'],
    ['{"a": 1}', 'a.b'],
    ['[1]', '[1]'],
    ['[]', '[0]'],
    ['{}', 'a'],
    ['', 'a'],
    ['{"a', 'a'],
    ['{"a"', 'a'],
    ['{"a":', 'a'],
    ['{"a": "open', 'a'],
    ['{"a": {"b": 1', 'a'],
    ['{a: 1}', 'a'],
    ['"text"', 'a'],
  ])('of %s at %s is none', (text, path) => {
    expect(at(text, path)).toBeUndefined()
  })

  it('is read with its escapes resolved where that is asked for', () => {
    expect(jsonStringAt('{"a": "x\\n\\u00e9"}', ['a'])).toBe('x\né')
    expect(jsonStringAt('{"a": 1}', ['a'])).toBeUndefined()
    expect(jsonStringAt('{"a": "\\q"}', ['a'])).toBeUndefined()
  })

  it('is the one that JSON.parse finds, whatever the tree', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }),
          fc.jsonValue({ maxDepth: 3 }),
          { minKeys: 1, maxKeys: 5 },
        ),
        fc.nat(),
        (tree, pick) => {
          const text = JSON.stringify(tree)
          const parsed = JSON.parse(text) as Record<string, unknown>
          const keys = Object.keys(parsed).filter((key) => !/^\[\d+\]$/.test(key))
          const key = keys[pick % Math.max(1, keys.length)]
          if (key === undefined) return
          const found = jsonTextAt(text, [key])
          const expected = parsed[key]
          if (expected === null) expect(found).toBeUndefined()
          else if (typeof expected === 'string') expect(jsonStringAt(text, [key])).toBe(expected)
          else expect(JSON.parse(found ?? '')).toEqual(expected)
        },
      ),
    )
  })

  it('takes time linear in the text, however it is nested', () => {
    const deep = '['.repeat(200_000)
    expect(at(`{"a": ${deep}`, 'a')).toBeUndefined()
    expect(at(`{"a": ${deep}${']'.repeat(200_000)}}`, 'a')).toHaveLength(400_000)
  })
})
