import { expect, it } from 'vitest'
import { BoundedMemo } from './bounded-memo.ts'

const counted = () => {
  const calls: string[] = []
  return { calls, make: (text: string) => calls.push(text) > 0 && text.length }
}

it('makes a result once for texts that come again', () => {
  const memo = new BoundedMemo<number | false>(4, 10)
  const { calls, make } = counted()
  for (let n = 0; n < 10; n++) expect(memo.get('text', make)).toBe(4)
  expect(calls).toEqual(['text'])
})

it('holds no more than its bound, and forgets what was not asked for lately', () => {
  const memo = new BoundedMemo<number | false>(4, 10)
  const { calls, make } = counted()
  for (let n = 0; n < 100; n++) {
    memo.get('kept', make)
    memo.get(`t${n}`, make)
    expect(memo.size).toBeLessThanOrEqual(4)
  }
  expect(calls.filter((text) => text === 'kept')).toHaveLength(1)
})

it('does not hold long texts', () => {
  const memo = new BoundedMemo<number | false>(4, 3)
  const { calls, make } = counted()
  for (let n = 0; n < 2; n++) memo.get('abc', make)
  for (let n = 0; n < 2; n++) memo.get('abcd', make)
  expect(calls).toEqual(['abc', 'abcd', 'abcd'])
})

it('stops remembering while it does not pay, and tries again', () => {
  const memo = new BoundedMemo<number | false>(100, 10)
  const { calls, make } = counted()
  for (let n = 0; n < 1_100; n++) memo.get(`x${n}`, make)
  expect(memo.size).toBe(0)
  for (let n = 0; n < 9 * 1_024; n++) memo.get('same', make)
  const before = calls.length
  for (let n = 0; n < 1_000; n++) memo.get('same', make)
  expect(calls.length).toBe(before)
})
