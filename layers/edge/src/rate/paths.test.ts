import { describe, expect, it } from 'vitest'
import { cookieValue } from './cookie-value.ts'
import { PathSet } from './path-set.ts'
import { routePath } from './route-path.ts'

describe('the path of a route', () => {
  const cases: Readonly<Record<string, string>> = {
    '/': '/',
    '/login': '/login',
    '/login?next=/': '/login',
    '/Login': '/login',
    '/login/': '/login',
    '//login': '/login',
    '/./login': '/login',
    '/a/../login': '/login',
    '/../../login': '/login',
    '/%6cogin': '/login',
    '/%2e%2e/login': '/login',
    '/a%2f..%2flogin': '/login',
    '/login;jsessionid=1': '/login',
    '/login/.': '/login',
    '\\login': '/login',
    '/a.b/c_d-e~f': '/a.b/c_d-e~f',
    '/%00': '/%00',
    '/100%': '/100%',
    '*': '/*',
  }
  for (const [target, expected] of Object.entries(cases)) {
    it(`of ${target} is ${expected}`, () => expect(routePath(target)).toBe(expected))
  }
})

describe('a set of paths', () => {
  const set = new PathSet(['/login', '/api/*', '/Shop/', '/img*'])
  for (const path of ['/login', '/api', '/api/x', '/shop', '/img', '/imgs/a']) {
    it(`has ${path}`, () => expect(set.has(path)).toBe(true))
  }
  for (const path of ['/', '/login/x', '/apis', '/sho']) {
    it(`has not ${path}`, () => expect(set.has(path)).toBe(false))
  }
  it('of nothing has nothing, and of /* everything', () => {
    expect(new PathSet([]).has('/')).toBe(false)
    expect(new PathSet(['/*']).has('/x')).toBe(true)
  })
})

describe('a cookie', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['sid=1', '1'],
    ['a=2; sid=1', '1'],
    ['a=2;sid=1;b=3', '1'],
    ['xsid=2; sid=1', '1'],
    ['sid=', ''],
    ['sidx=1', undefined],
    ['a=sid=1', undefined],
    ['', undefined],
  ]
  for (const [line, expected] of cases) {
    it(`sid of "${line}" is ${expected ?? 'absent'}`, () => expect(cookieValue(line, 'sid')).toBe(expected))
  }
  it('of a head without cookies is absent', () => {
    expect(cookieValue(undefined, 'sid')).toBeUndefined()
  })
})
