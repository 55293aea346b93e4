import { describe, expect, it } from 'vitest'
import { maxCookies, readCookies } from './read-cookies.ts'

describe('readCookies', () => {
  it('reads pairs, decoded where they can be', () => {
    expect([...readCookies('sid=1000; viewed=MSw1%3D; odd=%zz')]).toEqual([
      ['sid', '1000'],
      ['viewed', 'MSw1='],
      ['odd', '%zz'],
    ])
  })

  it('keeps the first of two with one name, and leaves out what is no pair', () => {
    expect([...readCookies('a=1; a=2; broken; =x')]).toEqual([['a', '1']])
    expect(readCookies(undefined).size).toBe(0)
  })

  it(`looks at ${maxCookies} at most`, () => {
    const header = (count: number): string =>
      Array.from({ length: count }, (_unused, n) => `c${n}=1`).join(';')
    expect(readCookies(header(maxCookies)).size).toBe(maxCookies)
    expect(readCookies(header(maxCookies + 1)).size).toBe(maxCookies)
  })
})
