import { describe, expect, it } from 'vitest'
import { readEnvironment } from './read-environment.ts'

describe('readEnvironment', () => {
  it('has a default for everything', () => {
    const settings = readEnvironment({ SEVENFOLD_DATA: '/data' })
    expect(settings).toEqual({
      listen: '127.0.0.1:7790',
      dataDir: '/data/shop',
      database: undefined,
      logPath: '/data/shop/access.log',
      controlPath: '/data/shop/control.sock',
      trustProxy: false,
      hosts: [],
      patched: [],
      seed: undefined,
    })
  })

  it('takes a connection string before a socket', () => {
    expect(readEnvironment({ DATABASE_URL: 'postgres://x', SHOP_DB_SOCKET: '/s' }).database).toEqual({
      url: 'postgres://x',
    })
    expect(readEnvironment({ DATABASE_URL: '', SHOP_DB_SOCKET: '/s' }).database).toEqual({ socketPath: '/s' })
  })

  it('reads lists and names of flaws', () => {
    const settings = readEnvironment({
      SHOP_HOSTS: 'a.test, b.test,',
      SHOP_PATCHED: 'sql-search,xss-review',
      SHOP_TRUSTED_PROXY: '1',
    })
    expect(settings.hosts).toEqual(['a.test', 'b.test'])
    expect(settings.patched).toEqual(['sql-search', 'xss-review'])
    expect(settings.trustProxy).toBe(true)
    expect(readEnvironment({ SHOP_PATCHED: 'all' }).patched).toBe('all')
  })

  it('refuses a flaw that does not exist', () => {
    expect(() => readEnvironment({ SHOP_PATCHED: 'sql' })).toThrow('SHOP_PATCHED names "sql"')
  })

  it('uses a folder of its own without one', () => {
    expect(readEnvironment({}).dataDir).toContain('sevenfold-shop-')
  })
})
