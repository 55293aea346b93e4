import { describe, expect, it } from 'vitest'
import { openDatabase } from './database.ts'

describe('openDatabase', () => {
  it('refuses a path that is no PostgreSQL socket', () => {
    expect(() => openDatabase({ socketPath: '/tmp/some.sock' })).toThrow('.s.PGSQL.5432')
  })

  it('rejects a statement when nobody listens', async () => {
    const database = openDatabase({ socketPath: '/nonexistent/.s.PGSQL.5432' })
    await expect(database.rows('SELECT 1')).rejects.toThrow('ENOENT')
    await database.close()
  })
})
