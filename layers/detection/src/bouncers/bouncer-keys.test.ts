import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { BouncerKeys, maxBouncers } from './bouncer-keys.ts'

let folder: TemporaryFolder
const open = (): BouncerKeys =>
  new BouncerKeys(join(folder.path, 'bouncers.json'), () => Date.parse('2026-01-31T12:00:00Z'))
beforeEach(() => {
  folder = createTemporaryFolder()
})
afterEach(() => folder.remove())

describe('keys of bouncers', () => {
  it('lead to their bouncer, also after a restart', () => {
    const key = open().add('nginx')
    expect(open().find(key)?.name).toBe('nginx')
    expect(open().list()).toEqual([{ name: 'nginx', created: '2026-01-31T12:00:00.000Z' }])
    for (const other of ['', key.slice(1), `${key} `, key.toUpperCase()])
      expect(open().find(other)).toBeUndefined()
  })

  it('are long and never the same', () => {
    const keys = open()
    const made = new Set(Array.from({ length: 20 }, (_, i) => keys.add(`b${i}`)))
    expect(made.size).toBe(20)
    for (const key of made) expect(key).toMatch(/^[\w-]{43}$/u)
  })

  it('end with their bouncer', () => {
    const keys = open()
    const key = keys.add('nginx')
    expect([keys.delete('nginx'), keys.delete('nginx')]).toEqual([true, false])
    expect(keys.find(key)).toBeUndefined()
    expect(open().find(key)).toBeUndefined()
  })

  it('from the configuration replace the older one of the same name and write nothing when they are known', () => {
    const keys = open()
    keys.set('nginx', 'first-key-long-enough')
    keys.set('nginx', 'second-key-long-enough')
    expect(keys.find('first-key-long-enough')).toBeUndefined()
    const before = readFileSync(join(folder.path, 'bouncers.json'), 'utf8')
    keys.set('nginx', 'second-key-long-enough')
    expect(readFileSync(join(folder.path, 'bouncers.json'), 'utf8')).toBe(before)
    expect(() => keys.set('nginx', 'short')).toThrow('16 characters')
  })

  it('are refused for bad and taken names and beyond the limit', () => {
    const keys = open()
    keys.add('a')
    expect(() => keys.add('a')).toThrow('already')
    for (const name of ['', '-a', 'a b', 'ä', 'x'.repeat(65)]) expect(() => keys.add(name)).toThrow('name')
    const bouncers = Array.from({ length: maxBouncers }, (_, i) => ({
      name: `b${i}`,
      created: 'x',
      keyHash: 'a'.repeat(64),
    }))
    writeFileSync(join(folder.path, 'bouncers.json'), JSON.stringify({ v: 1, bouncers }))
    expect(() => open().add('one-more')).toThrow('1000')
  })

  it('in a damaged file are an error that says what to do', () => {
    for (const text of ['', 'x', '[]', '{}', '{"bouncers":7}']) {
      writeFileSync(join(folder.path, 'bouncers.json'), text)
      expect(open, text).toThrow('add the bouncers again')
    }
  })

  it('that are no hashes are left out', () => {
    const bouncers = [{ name: 'a', created: 'x', keyHash: 'short' }, { name: 7 }, null]
    writeFileSync(join(folder.path, 'bouncers.json'), JSON.stringify({ bouncers }))
    expect(open().list()).toEqual([])
  })
})

describe('bouncers with a certificate', () => {
  it('are known by it, listed with the others, and have no key', () => {
    const keys = open()
    keys.add('nginx')
    const gate = keys.ofCertificate('gate@192.0.2.1')
    expect(gate).toEqual({ name: 'gate@192.0.2.1', created: '2026-01-31T12:00:00.000Z', certificate: true })
    expect(keys.ofCertificate('gate@192.0.2.1')).toBe(gate)
    expect(keys.list().map(({ name }) => name)).toEqual(['nginx', 'gate@192.0.2.1'])
    expect(readFileSync(join(folder.path, 'bouncers.json'), 'utf8')).not.toContain('gate')
    expect(keys.find('gate@192.0.2.1')).toBeUndefined()
  })

  it('are at most so many: the one known for longest is forgotten first', () => {
    const keys = open()
    for (let i = 0; i <= maxBouncers; i += 1) keys.ofCertificate(`b${i}@192.0.2.1`)
    const names = keys.list().map(({ name }) => name)
    expect([names.length, names[0], names.at(-1)]).toEqual([
      maxBouncers,
      'b1@192.0.2.1',
      `b${maxBouncers}@192.0.2.1`,
    ])
  })
})
