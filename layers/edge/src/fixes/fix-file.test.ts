import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeFixes, fixLimits } from './fix.ts'
import type { Fix } from './fix.ts'
import { changeFixes, fixDigest, fixPath, readFixState, readFixText, writeFixState } from './fix-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-fix-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const fix = (id: string): Fix => ({
  id,
  request: 'r',
  until: '2030-01-01T00:00:00Z',
  created: '2026-01-01T00:00:00Z',
  actor: 'a',
  reason: 'b',
  kind: 'allow',
  value: '192.0.2.7',
})
const ids = (): string[] => decodeFixes(readFixText(folder) ?? '').map(({ id }) => id)

describe('changing the fixes', () => {
  it('gives the digest of what stands in the file', async () => {
    const digest = await changeFixes(folder, () => [fix('a')])
    expect(digest).toBe(fixDigest(readFileSync(fixPath(folder), 'utf8')))
    expect(ids()).toEqual(['a'])
  })

  it('loses nothing when many do it at once', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `fix-${index}`)
    await Promise.all(names.map((name) => changeFixes(folder, (known) => [...known, fix(name)])))
    expect(ids().toSorted()).toEqual(names.toSorted())
    expect(existsSync(`${fixPath(folder)}.lock`)).toBe(false)
  })

  it('breaks a lock that its owner left behind', async () => {
    const lock = `${fixPath(folder)}.lock`
    writeFileSync(lock, '')
    const old = new Date(Date.now() - 60_000)
    utimesSync(lock, old, old)
    await changeFixes(folder, () => [fix('a')])
    expect(ids()).toEqual(['a'])
  })

  it('leaves a faulty file and a change that throws as they were', async () => {
    writeFileSync(fixPath(folder), 'broken')
    await expect(changeFixes(folder, () => [fix('a')])).rejects.toThrow()
    expect(readFixText(folder)).toBe('broken')
    rmSync(fixPath(folder))
    const many = Array.from({ length: fixLimits.entries + 1 }, () => fix('a'))
    await expect(changeFixes(folder, () => many)).rejects.toThrow()
    expect(readFixText(folder)).toBeUndefined()
    expect(existsSync(`${fixPath(folder)}.lock`)).toBe(false)
  })

  it('does not read a file over its limit', () => {
    writeFileSync(fixPath(folder), 'x'.repeat(fixLimits.bytes))
    expect(readFixText(folder)).toHaveLength(fixLimits.bytes)
    writeFileSync(fixPath(folder), 'x'.repeat(fixLimits.bytes + 1))
    expect(() => readFixText(folder)).toThrow(/longer than/)
  })
})

describe('the answer of the edge', () => {
  it('is read as it was written, and is nothing when it is missing or broken', () => {
    expect(readFixState(folder)).toBeUndefined()
    const state = { digest: 'd', ids: ['a', 'b'], problem: 'p' }
    writeFixState(folder, state)
    expect(readFixState(folder)).toEqual(state)
    for (const text of ['', '{', '[]', '{"digest":1,"ids":[]}', '{"digest":"d","ids":{}}']) {
      writeFileSync(join(folder, 'exclusions-in-force.json'), text)
      expect(readFixState(folder)).toBeUndefined()
    }
  })
})
