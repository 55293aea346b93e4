import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileTail, LineJoiner } from '@sevenfold/intake'
import type { FileTailOptions } from '@sevenfold/intake'
import { createFakeClock, createLogSource, createTemporaryFolder } from '@sevenfold/testkit'
import type { FakeClock, LogSource, TemporaryFolder } from '@sevenfold/testkit'

const isBegin = (text: string): boolean => /^\S/.test(text)
const lines = (...texts: readonly string[]) =>
  texts.map((text) => ({ text, truncated: false, bytes: text.length + 1 }))

describe('joined lines', () => {
  it('end where the next entry begins', () => {
    const joiner = new LineJoiner({ isBegin })
    expect(joiner.push(lines('error', '  at a', '  at b', 'next'))).toEqual([
      { text: 'error\n  at a\n  at b', truncated: false, bytes: 20 },
    ])
    expect(joiner.heldBytes).toBe(5)
    expect(joiner.flush()).toEqual([{ text: 'next', truncated: false, bytes: 5 }])
    expect(joiner.flush()).toEqual([])
  })

  it('may begin in the middle of an entry', () => {
    const joiner = new LineJoiner({ isBegin })
    expect(joiner.push(lines('  at z', 'one')).map(({ text }) => text)).toEqual(['  at z'])
  })

  it('are bounded in number and length', () => {
    const joiner = new LineJoiner({ isBegin, maxLines: 3, maxLength: 10 })
    expect(joiner.push(lines('a', ' b', ' c', ' d', 'e')).map(({ text }) => text)).toEqual([
      'a\n b\n c',
      ' d',
    ])
    const [cut] = joiner.push(lines(' 123456789', 'f'))
    expect(cut).toMatchObject({ truncated: true })
    expect(cut?.text.length).toBeLessThanOrEqual(11)
  })
})

let folder: TemporaryFolder
let source: LogSource
let clock: FakeClock
let got: string[]
const open: FileTail[] = []
beforeEach(() => {
  folder = createTemporaryFolder()
  source = createLogSource(join(folder.path, 'app.log'))
  clock = createFakeClock()
  got = []
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((tail) => tail.close()))
  folder.remove()
})

function tail(change: Partial<FileTailOptions> = {}): FileTail {
  const made = new FileTail({
    path: source.path,
    positionPath: join(folder.path, 'position.json'),
    begin: 'start',
    clock,
    join: { isBegin },
    onLines: (entries) => {
      got.push(...entries.map(({ text }) => text))
      return Promise.resolve()
    },
    ...change,
  })
  open.push(made)
  return made
}

describe('a file of entries of several lines', () => {
  it('gives an entry when the next begins, or when nothing came for a while', async () => {
    const file = tail()
    source.write('error', '  at a')
    await file.poll()
    source.write('  at b', 'next')
    await file.poll()
    expect(got).toEqual(['error\n  at a\n  at b'])
    clock.advance(999)
    await file.poll()
    expect(got).toHaveLength(1)
    clock.advance(1)
    await file.poll()
    expect(got[1]).toBe('next')
  })

  it('reads an entry that was not given again after a restart, and none twice', async () => {
    const first = tail()
    source.write('one', 'error', '  at a')
    await first.poll()
    expect(got).toEqual(['one'])
    await first.close()
    const second = tail()
    source.write('  at b', 'two', 'three')
    await second.poll()
    clock.advance(1_000)
    await second.poll()
    expect(got).toEqual(['one', 'error\n  at a\n  at b', 'two', 'three'])
    await second.close()
    const third = tail()
    await third.poll()
    clock.advance(1_000)
    await third.poll()
    expect(got).toHaveLength(4)
  })

  it('gives entries again that were not taken, whole', async () => {
    let refuse = true
    const file = tail({
      onLines: (entries) => {
        if (refuse) return Promise.reject(new Error('not now'))
        got.push(...entries.map(({ text }) => text))
        return Promise.resolve()
      },
    })
    source.write('error', '  at a', 'next', '  at n')
    await file.poll()
    refuse = false
    await file.poll()
    clock.advance(1_000)
    await file.poll()
    expect(got).toEqual(['error\n  at a', 'next\n  at n'])
  })

  it('gives the last entry of a file that was rotated away', async () => {
    const file = tail()
    source.write('error', '  at a')
    await file.poll()
    source.rotate()
    source.write('new')
    await file.poll()
    clock.advance(1_001)
    await file.poll()
    clock.advance(1_001)
    await file.poll()
    expect(got).toEqual(['error\n  at a', 'new'])
  })
})
