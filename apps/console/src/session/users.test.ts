import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createUserFile } from './user-file.ts'
import { Users, passwordLength } from './users.ts'

const folder = mkdtempSync(join(tmpdir(), 'users-'))
const path = join(folder, 'users.json')
afterEach(() => rmSync(path, { force: true }))

describe('Users', () => {
  it('has nobody at first: there is no default password', async () => {
    const users = new Users(createUserFile(path))
    expect(users.any).toBe(false)
    expect(await users.check('admin', 'admin')).toBeNull()
  })

  it('lets a person in with the right password only, and keeps no password', async () => {
    const users = new Users(createUserFile(path))
    expect(await users.add('ann', 'responder', 'correct horse battery')).toBeNull()
    expect(await users.check('ann', 'correct horse battery')).toBe('responder')
    expect(await users.check('ann', 'correct horse batterz')).toBeNull()
    expect(await users.check('bob', 'correct horse battery')).toBeNull()
    expect(JSON.stringify(createUserFile(path).load())).not.toContain('horse')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('refuses bad names, roles and lengths just outside the limits', async () => {
    const users = new Users(createUserFile(path))
    expect(await users.add('a b', 'admin', 'x'.repeat(20))).toBe('USER_NAME')
    expect(await users.add('ann', 'root', 'x'.repeat(20))).toBe('USER_ROLE')
    expect(await users.add('ann', 'admin', 'x'.repeat(passwordLength.min - 1))).toBe('USER_PASSWORD_LENGTH')
    expect(await users.add('ann', 'admin', 'x'.repeat(passwordLength.max + 1))).toBe('USER_PASSWORD_LENGTH')
    expect(await users.add('ann', 'admin', 'x'.repeat(passwordLength.min))).toBeNull()
  })

  it('lets nobody in from a damaged file', async () => {
    writeFileSync(path, '[{"name":"ann","role":"emperor","salt":"","hash":""},7,{"name":1}]')
    expect(createUserFile(path).load()).toEqual([])
    writeFileSync(path, '{')
    expect(await new Users(createUserFile(path)).check('ann', '')).toBeNull()
  })
})
