import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { AllowLists, maxAllowItems, maxAllowLists } from './allow-lists.ts'

let folder: TemporaryFolder
let now: number
beforeEach(() => {
  folder = createTemporaryFolder()
  now = 1_000_000
})
afterEach(() => folder.remove())
const open = (): AllowLists =>
  new AllowLists({ path: join(folder.path, 'allowlists.json'), now: () => now, newId: () => 'id' })

describe('allow-lists', () => {
  it('hold addresses in one spelling, for ever or for a time', () => {
    const lists = open()
    lists.create('office', 'us')
    lists.add('office', ['192.0.2.77/24', '2001:DB8:0::1'], { description: 'desks' })
    lists.add('office', ['198.51.100.7'], { durationMs: 5_000 })
    expect(lists.get('office')?.items.map(({ value }) => value)).toEqual([
      '192.0.2.0/24',
      '2001:db8::1',
      '198.51.100.7',
    ])
    expect(lists.reasons('198.51.100.7')).toEqual(['198.51.100.7 from office'])
    now += 5_000
    expect(lists.reasons('198.51.100.7')).toEqual([])
    expect(lists.ranges()).toHaveLength(2)
    expect(open().reasons('192.0.2.9')).toEqual(['192.0.2.0/24 from office (desks)'])
  })

  it('know whether all of a range is allowed', () => {
    const lists = open()
    lists.create('a', '')
    lists.add('a', ['192.0.2.0/25'])
    expect(lists.reasons('192.0.2.0/26')).toHaveLength(1)
    expect(lists.reasons('192.0.2.0/24')).toEqual([])
    expect(lists.reasons('nonsense')).toEqual([])
  })

  it('replace a value that is there, and take it out in any spelling', () => {
    const lists = open()
    lists.create('a', '')
    lists.add('a', ['2001:db8::1'])
    lists.add('a', ['2001:DB8::0:1'], { description: 'new' })
    expect(lists.get('a')?.items).toHaveLength(1)
    expect(lists.remove('a', ['2001:db8:0:0::1'])?.items).toEqual([])
    expect([lists.add('none', ['192.0.2.1']), lists.remove('none', [])]).toEqual([undefined, undefined])
  })

  it('tell of every change', () => {
    const lists = open()
    let told = 0
    lists.onChange(() => (told += 1))
    lists.create('a', '')
    lists.add('a', ['192.0.2.1'])
    expect([lists.delete('a'), lists.delete('a'), told]).toEqual([true, false, 3])
  })

  it('take all values or none', () => {
    const lists = open()
    lists.create('a', '')
    expect(() => lists.add('a', ['192.0.2.1', 'nonsense'])).toThrow('neither')
    expect(() => lists.add('a', ['0.0.0.0/7'])).toThrow('wider')
    lists.add('a', ['10.0.0.0/8'])
    expect(lists.get('a')?.items).toHaveLength(1)
  })

  it('are bounded', () => {
    const lists = open()
    for (let i = 0; i < maxAllowLists; i += 1) lists.create(`l${i}`, '')
    expect(() => lists.create('one-more', '')).toThrow('already')
    for (const name of ['', 'a b', '../x', 'l1']) expect(() => lists.create(name, '')).toThrow()
    const address = (_: unknown, i: number): string => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`
    lists.add('l0', Array.from({ length: maxAllowItems }, address))
    expect(() => lists.add('l1', ['192.0.2.1'])).toThrow('at most')
  })

  it('say when their file is damaged', () => {
    writeFileSync(join(folder.path, 'allowlists.json'), '{"v":1}')
    expect(open).toThrow('damaged')
  })
})
