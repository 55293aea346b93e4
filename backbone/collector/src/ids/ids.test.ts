import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { segmentName } from '@sevenfold/ledger/segments'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { searchIdFile, writeIdFile } from './id-file.ts'
import { IdIndex, maxFound } from './id-index.ts'
import { idKey, keyBytes } from './id-key.ts'

let folder: TemporaryFolder
beforeEach(() => {
  folder = createTemporaryFolder()
})
afterEach(() => folder.remove())

describe('keys of ids', () => {
  it('have one length, and are the same for both spellings of a UUID', () => {
    const id = '0192AAAA-0000-7000-8000-00000000000f'
    expect(idKey(id)).toBe(idKey(id.toLowerCase()))
    for (const text of ['', 'x', 'é'.repeat(500), id])
      expect(Buffer.from(idKey(text), 'latin1')).toHaveLength(keyBytes)
  })

  it('differ for different ids', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        fc.pre(a !== b)
        expect(idKey(a)).not.toBe(idKey(b))
      }),
    )
  })
})

describe('files of ids', () => {
  it('give back every place of every key, and none of others', () => {
    const path = join(folder.path, 'ids')
    const places = fc.array(fc.tuple(fc.nat(40), fc.nat(1e6), fc.nat(60_000)), { maxLength: 80 })
    fc.assert(
      fc.property(places, (list) => {
        const map = new Map<string, { offset: number; length: number }[]>()
        for (const [id, offset, length] of list) {
          const key = idKey(`id-${id}`)
          map.set(key, [...(map.get(key) ?? []), { offset, length }])
        }
        writeIdFile(path, map)
        for (let id = 0; id <= 40; id += 1) {
          const key = idKey(`id-${id}`)
          expect(searchIdFile(path, key, 1000)).toEqual(map.get(key) ?? [])
        }
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 30) },
    )
  })

  it('are searched in steps when they are long, for keys at both ends and between', () => {
    const path = join(folder.path, 'ids')
    const ids = Array.from({ length: 3000 }, (_, i) => `id-${i}`)
    writeIdFile(path, new Map(ids.map((id, i) => [idKey(id), [{ offset: i, length: 7 }]])))
    for (const [i, id] of ids.entries())
      expect(searchIdFile(path, idKey(id), 9)).toEqual([{ offset: i, length: 7 }])
    for (const id of [
      'id-3000',
      '',
      '00000000-0000-0000-0000-000000000000',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
    ])
      expect(searchIdFile(path, idKey(id), 9)).toEqual([])
  })

  it('give no more than asked for, and nothing when they are gone or cut', () => {
    const path = join(folder.path, 'ids')
    const key = idKey('same')
    writeIdFile(path, new Map([[key, Array.from({ length: 9 }, (_, i) => ({ offset: i, length: 1 }))]]))
    expect(searchIdFile(path, key, 4)).toHaveLength(4)
    writeFileSync(path, Buffer.alloc(10))
    expect(searchIdFile(path, key, 4)).toEqual([])
    rmSync(path)
    expect(searchIdFile(path, key, 4)).toEqual([])
  })
})

describe('the index of ids', () => {
  const event = (id: string, request?: string): object => ({
    event: { id },
    ...(request === undefined ? {} : { http: { request: { id: request } }, trace: { id: request } }),
  })

  /** Writes segments of the given events and feeds them to an index. */
  function build(segments: readonly (readonly object[])[]): IdIndex {
    const index = new IdIndex({ folder: join(folder.path, 'ids'), segments: folder.path })
    let first = 0
    for (const list of segments) {
      const lines = list.map((one) => JSON.stringify(one))
      writeFileSync(join(folder.path, segmentName(first)), lines.map((line) => `${line}\n`).join(''))
      let offset = 0
      for (const [i, line] of lines.entries()) {
        const length = Buffer.byteLength(line)
        index.add(list[i], { segment: first, offset, length })
        offset += length + 1
      }
      first += list.length
    }
    return index
  }

  it('finds an event by its own id, its request and its trace, once, oldest first', async () => {
    const index = build([[event('a', 'r'), event('b')], [event('c', 'r')], [event('d', 'r')]])
    const ids = (await index.find('r')).map(
      (line) => (JSON.parse(line) as { event: { id: string } }).event.id,
    )
    expect(ids).toEqual(['a', 'c', 'd'])
    expect(await index.find('b')).toHaveLength(1)
    expect(await index.find('nobody')).toEqual([])
  })

  it('bounds its answers', async () => {
    const many = Array.from({ length: maxFound + 50 }, (_, i) => event(`e${i}`, 'r'))
    expect(await build([many.slice(0, 300), many.slice(300)]).find('r')).toHaveLength(maxFound)
  })

  it('begins where something is missing, and forgets what retention dropped', () => {
    const index = build([[event('a')], [event('b')], [event('c')]])
    expect(index.startPosition()).toEqual({ segment: 2, offset: 0, index: 2 })
    const [file = ''] = readdirSync(join(folder.path, 'ids'))
    rmSync(join(folder.path, 'ids', file))
    expect(index.startPosition()).toEqual({ segment: 0, offset: 0, index: 0 })
    rmSync(join(folder.path, segmentName(1)))
    index.add(event('d'), { segment: 3, offset: 0, length: 1 })
    expect(readdirSync(join(folder.path, 'ids'))).toEqual(['00000000000000000002.ids'])
    index.clear()
    expect(readdirSync(join(folder.path, 'ids'))).toEqual([])
  })

  it('takes events without ids and of any shape', async () => {
    const index = build([[{}, { event: 7 }, { event: { id: 9 } }, { http: { request: null } }, event('a')]])
    expect(await index.find('a')).toHaveLength(1)
  })
})
