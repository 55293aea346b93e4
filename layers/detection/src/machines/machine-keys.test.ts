import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { MachineKeys, maxLogins, maxPending } from './machine-keys.ts'
import { checkPassword, hashPassword } from './password-hash.ts'
import { makeToken, readToken, tokenLifetimeMs } from './token.ts'

let folder: TemporaryFolder
let now: number
beforeEach(() => {
  folder = createTemporaryFolder()
  now = Date.parse('2026-01-31T12:00:00Z')
})
afterEach(() => folder.remove())

const token = 'a-token-of-thirty-two-characters'
const open = (more: { registrationToken?: string } = {}): MachineKeys =>
  new MachineKeys({
    path: join(folder.path, 'machines.json'),
    secretPath: join(folder.path, 'token.key'),
    now: () => now,
    ...more,
  })

describe('machines', () => {
  it('log in with their password and are known by their token, also after a restart', async () => {
    const machines = open()
    const { password } = await machines.add('web1', { trusted: false })
    const login = await machines.login('web1', password)
    expect(login?.expire).toBe(new Date(now + tokenLifetimeMs).toISOString())
    for (const keys of [machines, open()])
      expect(keys.find(login?.token ?? '')).toMatchObject({ name: 'web1', validated: true, trusted: false })
    expect(await machines.login('web1', `${password}x`)).toBeUndefined()
    expect(await machines.login('web2', password)).toBeUndefined()
  })

  it('are stored with a hash, in files of their owner', async () => {
    const { password } = await open().add('web1', { trusted: false })
    const path = join(folder.path, 'machines.json')
    expect(readFileSync(path, 'utf8')).not.toContain(password)
    for (const name of ['machines.json', 'token.key'])
      expect(statSync(join(folder.path, name)).mode & 0o777).toBe(0o600)
  })

  it('are refused once they are deleted, also when one of the same name comes after', async () => {
    const machines = open()
    await machines.add('web1', { trusted: true, password: 'a long password' })
    const old = (await machines.login('web1', 'a long password'))?.token ?? ''
    expect([machines.delete('web1'), machines.delete('web1')]).toEqual([true, false])
    expect(machines.find(old)).toBeUndefined()
    now += 5
    await machines.add('web1', { trusted: false, password: 'a long password' })
    expect(machines.find(old)).toBeUndefined()
  })

  it('that register themselves can do nothing before somebody accepts them', async () => {
    const machines = open()
    expect(await machines.register('web1', 'a long password', '')).toMatchObject({ validated: false })
    expect(await machines.login('web1', 'a long password')).toBeUndefined()
    expect(machines.change('web1', { validated: true })).toMatchObject({ validated: true, trusted: false })
    expect(await machines.login('web1', 'a long password')).toBeDefined()
    expect(machines.change('web2', { validated: true })).toBeUndefined()
  })

  it('are accepted at once with the configured token, and refused with another', async () => {
    const machines = open({ registrationToken: token })
    expect(await machines.register('web1', 'a long password', token)).toMatchObject({ validated: true })
    await expect(machines.register('web2', 'a long password', `${token}x`)).rejects.toThrow('token')
    await expect(open().register('web3', 'a long password', token)).rejects.toThrow('token')
  })

  it.each([
    ['', 'a long password'],
    ['a b', 'a long password'],
    ['x'.repeat(129), 'a long password'],
    ['web1', 'elevenchars'],
    ['web1', 'x'.repeat(513)],
  ])('are refused with name %j and password %j', async (name, password) => {
    await expect(open().register(name, password, '')).rejects.toThrow('a machine has a name')
  })

  it('cannot fill the list by registering', async () => {
    const machines = open()
    const stored = JSON.parse('{"v":1,"machines":[]}') as { machines: object[] }
    for (let i = 0; i < maxPending; i += 1)
      stored.machines.push({ name: `m${i}`, created: 'x', passwordHash: 'y', validated: false })
    writeFileSync(join(folder.path, 'machines.json'), JSON.stringify(stored))
    await expect(open().register('one-more', 'a long password', '')).rejects.toThrow('wait to be accepted')
    await machines.add('by-hand', { trusted: false })
  })

  it('log in a few at a time', async () => {
    const machines = open()
    await machines.add('web1', { trusted: false, password: 'a long password' })
    const results = await Promise.allSettled(
      Array.from({ length: maxLogins + 1 }, () => machines.login('web1', 'a long password')),
    )
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    expect(await machines.login('web1', 'a long password')).toBeDefined()
  })

  it('say when their file is damaged', () => {
    writeFileSync(join(folder.path, 'machines.json'), '{')
    expect(open).toThrow('damaged')
  })
})

describe('tokens', () => {
  const secret = new Uint8Array(32)
  const subject = { name: 'web1', created: 'then' }

  it('hold for an hour and not longer', () => {
    const { token: made } = makeToken(subject, secret, now)
    expect(readToken(made, secret, now + tokenLifetimeMs - 1000)).toEqual(subject)
    expect(readToken(made, secret, now + tokenLifetimeMs)).toBeUndefined()
  })

  it('are refused when anything in them is changed', () => {
    const { token: made } = makeToken(subject, secret, now)
    const [head = '', body = '', signature = ''] = made.split('.')
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    const admin = Buffer.from('{"sub":"admin","made":"then","exp":99999999999}').toString('base64url')
    for (const changed of [
      `${none}.${body}.`,
      `${none}.${body}.${signature}`,
      `${head}.${admin}.${signature}`,
      `${head}.${body}.${signature.slice(1)}`,
      `${head}.${body}`,
      `${made}.x`,
      '',
      'x'.repeat(5000),
    ])
      expect(readToken(changed, secret, now)).toBeUndefined()
    expect(readToken(made, new Uint8Array(32).fill(1), now)).toBeUndefined()
  })
})

describe('hashed passwords', () => {
  it('differ for equal passwords and are checked', async () => {
    const [a, b] = await Promise.all([hashPassword('secret words'), hashPassword('secret words')])
    expect(a).not.toBe(b)
    expect(await checkPassword('secret words', a)).toBe(true)
    expect(await checkPassword('other words', a)).toBe(false)
    for (const stored of ['', 'plain', 'scrypt$1$1$1$x$y'])
      expect(await checkPassword('x', stored)).toBe(false)
  })
})

describe('machines with a certificate', () => {
  it('are added when they first come, without trust, and nobody knows a password for them', async () => {
    const machines = open()
    const name = 'web1@2001:db8::7'
    const first = await machines.loginByCertificate(name)
    const second = await machines.loginByCertificate(name)
    expect([first.isNew, second.isNew]).toEqual([true, false])
    expect(machines.find(second.token)).toMatchObject({ name, validated: true, trusted: false })
    expect(await machines.login(name, '')).toBeUndefined()
    expect(
      open()
        .list()
        .map((machine) => machine.name),
    ).toEqual([name])
  })

  it('may come on several connections at once', async () => {
    const machines = open()
    const logins = await Promise.all([1, 2, 3].map(() => machines.loginByCertificate('web1@192.0.2.1')))
    for (const { token: given } of logins) expect(machines.find(given)?.name).toBe('web1@192.0.2.1')
    expect(machines.list()).toHaveLength(1)
  })

  it('are refused names that are none', async () => {
    await expect(open().loginByCertificate('web 1@192.0.2.1')).rejects.toThrow('a machine has a name')
  })
})
