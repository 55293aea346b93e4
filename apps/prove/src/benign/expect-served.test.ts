import { describe, expect, it } from 'vitest'
import type { Answer } from '../visitor/answer.ts'
import { expectServed } from './expect-served.ts'

const answer =
  (status: number, text = ''): (() => Promise<Answer>) =>
  () =>
    Promise.resolve({ status, text, headers: {}, ms: 1 })

describe('expectServed', () => {
  it('is content when everything is served', async () => {
    expect(
      await expectServed([
        ['a', answer(200, 'hello'), 'ell'],
        ['b', answer(303)],
      ]),
    ).toBeUndefined()
  })

  it('names the first step that is not', async () => {
    expect(
      await expectServed([
        ['a', answer(200)],
        ['b', answer(403)],
        ['c', answer(500)],
      ]),
    ).toBe('b: status 403')
    expect(await expectServed([['a', answer(0)]])).toBe('a: status 0')
    expect(await expectServed([['a', answer(200, 'hello'), 'x']])).toBe('a: "x" is missing')
  })
})
