import { describe, expect, it } from 'vitest'
import { wrap } from './wrap.ts'

describe('wrap', () => {
  it('breaks before the width and indents', () => {
    expect(wrap(['aaa', 'bbb', 'ccc'], 9, 2)).toEqual(['  aaa bbb', '  ccc'])
  })

  it('lets a longer word stand alone', () => {
    expect(wrap(['a', 'bbbbbbbbbbbb', 'c'], 8, 2)).toEqual(['  a', '  bbbbbbbbbbbb', '  c'])
  })

  it('makes no line of no words', () => {
    expect(wrap([], 8, 2)).toEqual([])
  })
})
