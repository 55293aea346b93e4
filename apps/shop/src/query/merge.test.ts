import { afterEach, describe, expect, it } from 'vitest'
import { cleanPrototype } from '../state/clean-prototype.ts'
import { maxMergeDepth, mergeInto } from './merge.ts'

afterEach(() => void cleanPrototype())

function nested(depth: number): Record<string, unknown> {
  return depth === 0 ? { end: true } : { a: nested(depth - 1) }
}

describe('mergeInto', () => {
  it('merges level by level and replaces plain values', () => {
    const into: Record<string, unknown> = { theme: 'light', list: { size: 10, sort: 'name' } }
    mergeInto(into, { theme: 'dark', list: { size: 20 } }, true)
    expect(into).toEqual({ theme: 'dark', list: { size: 20, sort: 'name' } })
  })

  it.each(['{"__proto__":{"owned":true}}', '{"constructor":{"prototype":{"owned":true}}}'])(
    'pollutes every object with %s when weak, and none when not',
    (text) => {
      mergeInto({}, JSON.parse(text) as Record<string, unknown>, false)
      expect(Reflect.get({}, 'owned')).toBeUndefined()
      mergeInto({}, JSON.parse(text) as Record<string, unknown>, true)
      expect(Reflect.get({}, 'owned')).toBe(true)
      expect(cleanPrototype()).toEqual(['owned'])
      expect(Reflect.get({}, 'owned')).toBeUndefined()
    },
  )

  it(`stops below ${maxMergeDepth} levels`, () => {
    const into = nested(maxMergeDepth + 3)
    const before = JSON.stringify(into)
    mergeInto(into, { a: 'shallow' }, false)
    expect(into['a']).toBe('shallow')
    const deep = nested(maxMergeDepth + 3)
    const change = JSON.parse(before.replace('true', 'false')) as Record<string, unknown>
    mergeInto(deep, change, false)
    expect(JSON.stringify(deep)).toBe(before)
  })
})
