import { describe, expect, it } from 'vitest'
import {
  CheckpointWatch,
  maxCheckpointText,
  readCheckpointHead,
  rememberedRoots,
} from './checkpoint-watch.ts'

const root = (letter: string): string => `${letter.repeat(43)}=`
const head = (size: number, letter = 'A'): { origin: string; size: number; root: string } => ({
  origin: 'o',
  size,
  root: root(letter),
})

describe('readCheckpointHead', () => {
  it('reads the first three lines of a note', () => {
    expect(readCheckpointHead(`sevenfold.local/ledger\n25\n${root('B')}\n\n— name sig\n`)).toEqual({
      origin: 'sevenfold.local/ledger',
      size: 25,
      root: root('B'),
    })
  })
  const bad = [
    '',
    'o',
    'o\n1',
    `o\n01\n${root('A')}`,
    `o\n-1\n${root('A')}`,
    'o\n1\nshort',
    `\n1\n${root('A')}`,
  ]
  for (const note of bad)
    it(`takes ${JSON.stringify(note)} for no checkpoint`, () =>
      expect(readCheckpointHead(note)).toBeUndefined())
  it('reads a note of the greatest length and none beyond', () => {
    const start = `o\n1\n${root('A')}\n`
    expect(readCheckpointHead(start.padEnd(maxCheckpointText, 'x'))).toBeDefined()
    expect(readCheckpointHead(start.padEnd(maxCheckpointText + 1, 'x'))).toBeUndefined()
  })
})

describe('CheckpointWatch', () => {
  it('is content while the ledger grows and witnesses lag behind it', () => {
    const watch = new CheckpointWatch()
    expect(watch.observe(head(5), 'ledger', true)).toBeNull()
    expect(watch.observe(head(9, 'B'), 'ledger', true)).toBeNull()
    expect(watch.observe(head(5), 'edge/w0', false)).toBeNull()
    expect(watch.newest).toMatchObject({ size: 9 })
  })
  it('finds a ledger that shows less than a witness has seen', () => {
    const watch = new CheckpointWatch()
    watch.observe(head(5), 'ledger', true)
    watch.observe(head(12, 'B'), 'edge/w0', false)
    expect(watch.observe(head(5), 'ledger', true)).toEqual({
      kind: 'rollback',
      seen: 12,
      shown: 5,
      witness: 'edge/w0',
    })
  })
  it('finds two roots of one size, whoever shows the second', () => {
    const watch = new CheckpointWatch()
    watch.observe(head(5, 'A'), 'ledger', true)
    watch.observe(head(8, 'B'), 'ledger', true)
    expect(watch.observe(head(5, 'C'), 'edge/w0', false)).toEqual({
      kind: 'fork',
      size: 5,
      witness: 'edge/w0',
    })
    expect(watch.observe(head(8, 'C'), 'ledger', true)).toMatchObject({ kind: 'fork', size: 8 })
  })
  it('goes on from the shorter history once it was accepted', () => {
    const watch = new CheckpointWatch()
    watch.observe(head(12), 'ledger', true)
    watch.accept(head(5, 'D'))
    expect(watch.observe(head(6, 'E'), 'ledger', true)).toBeNull()
    expect(watch.observe(head(5, 'A'), 'ledger', true)).toMatchObject({ kind: 'fork' })
  })
  it('follows a ledger with another name, and no witness that names one', () => {
    const watch = new CheckpointWatch()
    watch.observe(head(12), 'ledger', true)
    expect(watch.observe({ ...head(1), origin: 'p' }, 'edge/w0', false)).toBeNull()
    expect(watch.newest).toMatchObject({ origin: 'o', size: 12 })
    expect(watch.observe({ ...head(1), origin: 'p' }, 'ledger', true)).toBeNull()
    expect(watch.newest).toMatchObject({ origin: 'p', size: 1 })
  })
  it('forgets the oldest roots beyond its bound', () => {
    const watch = new CheckpointWatch()
    for (let size = 1; size <= rememberedRoots + 1; size += 1) watch.observe(head(size), 'ledger', true)
    expect(watch.observe(head(1, 'Z'), 'edge/w0', false)).toBeNull()
    expect(watch.observe(head(2, 'Z'), 'edge/w0', false)).toMatchObject({ kind: 'fork' })
  })
})
