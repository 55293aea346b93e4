import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { collectEntries, entryKey, makeEntry } from './feed-entry.ts'
import type { RawEntry } from './feed-entry.ts'
import { emptyState, readState, writeState } from './feed-state.ts'
import type { FeedState } from './feed-state.ts'

let folder: TemporaryFolder
let path: string
beforeEach(() => {
  folder = createTemporaryFolder()
  path = join(folder.path, 'state.json')
})
afterEach(() => folder.remove())

const entries = (raws: readonly RawEntry[]) => collectEntries(raws, 100).entries

describe('the state of a feed', () => {
  const state: FeedState = {
    entries: entries([
      { value: '192.0.2.1' },
      { value: '192.0.2.0/24', untilMs: 5 },
      { value: 'fr', scope: 'Country' },
    ]),
    cursor: { etag: '"x"', added: '7' },
    confirmedMs: 1_000,
    pending: {
      entries: entries([{ value: '2001:db8::1' }]),
      cursor: { etag: '"y"' },
      sinceMs: 2_000,
      added: 1,
      removed: 3,
    },
    previous: entries([{ value: '192.0.2.9', type: 'captcha' }]),
  }

  it('is read back as it was written, and is private', () => {
    writeState(path, state)
    expect(readState(path)).toEqual(state)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    writeState(path, { ...emptyState, confirmedMs: 5 })
    expect(readState(path)).toEqual({ ...emptyState, confirmedMs: 5 })
  })

  it.each([
    '',
    'nonsense',
    '[]',
    '7',
    '{"entries":5,"cursor":[],"confirmedMs":"x"}',
    '{"entries":[5,[],["planet","x"]]}',
  ])('that is damaged is none: %j', (text) => {
    writeFileSync(path, text)
    expect(readState(path)).toEqual(emptyState)
  })

  it('that was torn anywhere is none, or what it was', () => {
    writeState(path, state)
    const whole = readFileSync(path, 'utf8')
    for (let length = 0; length < whole.length; length += 7) {
      writeFileSync(path, whole.slice(0, length))
      expect([emptyState, state]).toContainEqual(readState(path))
    }
  })

  it('is none where there is no file', () => {
    expect(readState(path)).toEqual(emptyState)
  })
})

describe('a value of a feed', () => {
  it.each<readonly [RawEntry, string | undefined]>([
    [{ value: '192.0.2.1' }, 'ip 192.0.2.1'],
    [{ value: '2001:DB8:0:0::1' }, 'ip 2001:db8::1'],
    [{ value: '192.0.2.77/24' }, 'range 192.0.2.0/24'],
    [{ value: '192.0.2.1/32' }, 'ip 192.0.2.1'],
    [{ value: '192.0.2.1', scope: 'Range' }, 'ip 192.0.2.1'],
    [{ value: 'fr', scope: 'Country' }, 'country FR'],
    [{ value: 'fra', scope: 'Country' }, undefined],
    [{ value: 'ana', scope: 'username' }, 'username ana'],
    [{ value: '', scope: 'username' }, undefined],
    [{ value: 'x'.repeat(128), scope: 'username' }, `username ${'x'.repeat(128)}`],
    [{ value: 'x'.repeat(129), scope: 'username' }, undefined],
    [{ value: '192.0.2.1', scope: 'planet' }, undefined],
    [{ value: '192.0.2.1;' }, undefined],
    [{ value: '192.0.2.0/33' }, undefined],
    [{ value: 'example.org' }, undefined],
    [{ value: '' }, undefined],
  ])('%j stands for %s', (raw, key) => {
    const entry = makeEntry(raw)
    expect(entry === undefined ? undefined : entryKey(entry)).toBe(key)
  })

  it('asks for types that are known, else for a ban', () => {
    expect(
      ['ban', 'captcha', 'throttle', 'allow', 'x', ''].map(
        (type) => makeEntry({ value: '192.0.2.1', type })?.type,
      ),
    ).toEqual(['ban', 'captcha', 'throttle', 'ban', 'ban', 'ban'])
  })

  it('that comes twice ends with the later of both, and an end that is not named is the latest', () => {
    const of = (...ends: readonly number[]): number | undefined =>
      entries(ends.map((untilMs) => ({ value: '192.0.2.1', untilMs }))).get('ip 192.0.2.1')?.untilMs
    expect([of(5, 9), of(9, 5), of(0, 9), of(9, 0)]).toEqual([9, 9, 0, 0])
  })

  it('is counted when it is none, and there are no more than the most', () => {
    expect(collectEntries([undefined, { value: 'x' }, { value: '192.0.2.1' }], 1)).toMatchObject({
      unreadable: 2,
    })
    expect(() => collectEntries([{ value: '192.0.2.1' }, { value: '192.0.2.2' }], 1)).toThrow('more than 1')
    expect(collectEntries([{ value: '192.0.2.1' }, { value: '192.0.2.1' }], 1).entries.size).toBe(1)
  })
})
