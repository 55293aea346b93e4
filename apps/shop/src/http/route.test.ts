import { describe, expect, it } from 'vitest'
import { decodeOnce, matchPath } from './route.ts'

describe('matchPath', () => {
  it('matches whole paths only', () => {
    expect(matchPath('/cart', '/cart')).toEqual({})
    expect(matchPath('/cart', '/cart/add')).toBeUndefined()
    expect(matchPath('/cart/add', '/cart')).toBeUndefined()
    expect(matchPath('/', '/')).toEqual({})
  })

  it('gives named parts, decoded once', () => {
    expect(matchPath('/product/:id/review', '/product/1%2527/review')).toEqual({ id: '1%27' })
  })

  it('does not take an empty part for a name', () => {
    expect(matchPath('/product/:id', '/product/')).toBeUndefined()
  })

  it('gives the rest after a star, slashes and encoding included', () => {
    expect(matchPath('/assets/*', '/assets/..%2fa/b')).toEqual({ rest: '..%2fa/b' })
  })
})

describe('decodeOnce', () => {
  it('leaves text that is no valid encoding as it is', () => {
    expect(decodeOnce('100%')).toBe('100%')
    expect(decodeOnce('a%20b')).toBe('a b')
  })
})
