import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { FileTail, maxHeadBytes } from '@sevenfold/intake'
import type { FileTailOptions, IntakeLine } from '@sevenfold/intake'
import { createFakeClock, createLogSource, createTemporaryFolder } from '@sevenfold/testkit'
import type { FakeClock, LogSource, TemporaryFolder } from '@sevenfold/testkit'

let folder: TemporaryFolder
let source: LogSource
let clock: FakeClock
let got: string[]
const open: FileTail[] = []

beforeEach(() => {
  folder = createTemporaryFolder()
  source = createLogSource(join(folder.path, 'access.log'))
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
    onLines: (lines: readonly IntakeLine[]) => {
      got.push(...lines.map((line) => line.text))
      return Promise.resolve()
    },
    ...change,
  })
  open.push(made)
  return made
}

const grace = 1_000

describe('following a file', () => {
  it('gives lines as they come, each once', async () => {
    const file = tail()
    source.write('one')
    await file.poll()
    await file.poll()
    source.write('two', 'three')
    await file.poll()
    expect(got).toEqual(['one', 'two', 'three'])
  })

  it('waits for the end of a line', async () => {
    const file = tail()
    source.writeRaw('ha')
    await file.poll()
    expect(got).toEqual([])
    source.writeRaw('lf\n')
    await file.poll()
    expect(got).toEqual(['half'])
  })

  it('leaves out what was there before, but not the line that is being written', async () => {
    source.write('old')
    source.writeRaw('ne')
    const file = tail({ begin: 'end' })
    await file.poll()
    source.writeRaw('w\n')
    await file.poll()
    expect(got).toEqual(['new'])
  })

  it('waits for a file that does not exist yet and then reads it from its start', async () => {
    rmSync(source.path)
    const file = tail({ begin: 'end' })
    await file.poll()
    source.write('first')
    await file.poll()
    expect(got).toEqual(['first'])
  })

  it('polls by its clock', async () => {
    const file = tail({ pollMs: 200 })
    file.start()
    await file.poll()
    source.write('one')
    await clock.advanceAsync(200)
    await file.poll()
    expect(got).toEqual(['one'])
  })

  it('tells of an error, and goes on when it is gone', async () => {
    const errors: unknown[] = []
    const file = tail({ path: join(source.path, 'not-a-folder'), onError: (error) => errors.push(error) })
    await file.poll()
    expect(errors).toHaveLength(1)
  })

  it('gives lines again that were not taken', async () => {
    let fail = true
    const file = tail({
      onLines: (lines) => {
        if (fail) return Promise.reject(new Error('not now'))
        got.push(...lines.map((line) => line.text))
        return Promise.resolve()
      },
    })
    source.write('one', 'two')
    source.writeRaw('thr')
    await file.poll()
    fail = false
    source.writeRaw('ee\n')
    await file.poll()
    expect(got).toEqual(['one', 'two', 'three'])
  })
})

describe('restarts', () => {
  it('go on after the last line that was taken, also in the middle of a line', async () => {
    const first = tail()
    source.write('one')
    source.writeRaw('tw')
    await first.poll()
    await first.close()
    source.writeRaw('o\n')
    source.write('three')
    await tail().poll()
    expect(got).toEqual(['one', 'two', 'three'])
  })

  it('keep what is written between two runs, also when the first saw no line', async () => {
    const first = tail({ begin: 'end' })
    await first.poll()
    source.write('between')
    await tail({ begin: 'end' }).poll()
    expect(got).toEqual(['between'])
  })

  it('need no orderly end: the position is stored with every batch', async () => {
    const killed = tail()
    source.write('one', 'two')
    await killed.poll()
    source.write('three')
    await tail().poll()
    expect(got).toEqual(['one', 'two', 'three'])
  })

  it('find a file that was rotated while nobody looked, and read its rest first', async () => {
    const first = tail()
    source.write('one')
    await first.poll()
    await first.close()
    source.write('two')
    source.rotate()
    source.write('three')
    const second = tail()
    await second.poll()
    await clock.advanceAsync(grace)
    await second.poll()
    expect(got).toEqual(['one', 'two', 'three'])
  })

  it('find it after two rotations, with the file in between', async () => {
    const first = tail()
    source.write('one')
    await first.poll()
    await first.close()
    source.write('two')
    renameSync(source.path, `${source.path}.2`)
    writeFileSync(`${source.path}.1`, 'three\n')
    writeFileSync(source.path, 'four\n')
    const second = tail()
    for (let i = 0; i < 4; i += 1) {
      await second.poll()
      await clock.advanceAsync(grace)
    }
    expect(got).toEqual(['one', 'two', 'three', 'four'])
  })

  it('read a new file from its start where the old one is gone', async () => {
    const first = tail()
    source.write('one')
    await first.poll()
    await first.close()
    rmSync(source.path)
    source.write('other', 'file')
    await tail().poll()
    expect(got).toEqual(['one', 'other', 'file'])
  })

  it('begin anew with a damaged position', async () => {
    source.write('one')
    for (const text of [
      '',
      'nonsense',
      '{"offset":-1}',
      '{"device":1,"inode":1,"offset":1,"head":1,"headBytes":0}',
    ]) {
      writeFileSync(join(folder.path, 'position.json'), text)
      got = []
      const file = tail()
      await file.poll()
      await file.close()
      expect(got).toEqual(['one'])
    }
  })

  it('store the position privately', async () => {
    const file = tail()
    source.write('one')
    await file.poll()
    expect(statSync(join(folder.path, 'position.json')).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(join(folder.path, 'position.json'), 'utf8'))).toMatchObject({ offset: 4 })
  })
})

describe('rotation by rename', () => {
  it('reads the old file to its end, also what the writer adds after the rename, then the new one', async () => {
    const file = tail()
    source.write('one')
    await file.poll()
    renameSync(source.path, `${source.path}.1`)
    const old = { ...createLogSource(`${folder.path}/unused`), path: `${source.path}.1` }
    writeFileSync(source.path, 'three\n')
    await file.poll()
    writeFileSync(old.path, 'one\ntwo\n')
    await file.poll()
    await clock.advanceAsync(grace)
    await file.poll()
    expect(got).toEqual(['one', 'two', 'three'])
  })

  it('reads all files of several rotations within its patience', async () => {
    const file = tail()
    source.write('one')
    await file.poll()
    for (const [i, line] of ['two', 'three', 'four'].entries()) {
      // As logrotate does it: the oldest gets the highest number.
      for (let n = i; n >= 1; n -= 1) renameSync(`${source.path}.${n}`, `${source.path}.${n + 1}`)
      renameSync(source.path, `${source.path}.1`)
      writeFileSync(source.path, `${line}\n`)
      utimesSync(source.path, 2_000_000_000 + i, 2_000_000_000 + i)
    }
    for (let i = 0; i < 4; i += 1) {
      await file.poll()
      await clock.advanceAsync(grace)
    }
    await file.poll()
    expect(got).toEqual(['one', 'two', 'three', 'four'])
  })

  it('takes neither logs of their own nor files that it has read for rotated ones', async () => {
    const file = tail()
    for (const [i, line] of ['one', 'two', 'three'].entries()) {
      source.write(line)
      await file.poll()
      for (const other of ['.error', '-json', '.1.bak', 'x1'])
        writeFileSync(`${source.path}${other}`, 'not this\n')
      for (let n = i; n >= 1; n -= 1) renameSync(`${source.path}.${n}`, `${source.path}.${n + 1}`)
      renameSync(source.path, `${source.path}.1`)
      // Touched when it was read long ago.
      utimesSync(`${source.path}.${i + 1}`, 2_100_000_000, 2_100_000_000)
      writeFileSync(source.path, '')
      await file.poll()
      await clock.advanceAsync(grace)
      await file.poll()
    }
    source.write('four')
    await file.poll()
    expect(got).toEqual(['one', 'two', 'three', 'four'])
  })

  it('gives the end of a line that was cut by the rotation as a line', async () => {
    const file = tail()
    source.write('one')
    source.writeRaw('tw')
    await file.poll()
    source.rotate()
    source.write('three')
    await file.poll()
    expect(got).toEqual(['one'])
    await clock.advanceAsync(grace)
    await file.poll()
    expect(got).toEqual(['one', 'tw', 'three'])
  })

  it('stays with the old file while there is no new one', async () => {
    const file = tail()
    source.write('one')
    await file.poll()
    renameSync(source.path, `${source.path}.1`)
    await clock.advanceAsync(grace * 5)
    await file.poll()
    writeFileSync(`${source.path}.1`, 'one\ntwo\n')
    await file.poll()
    expect(got).toEqual(['one', 'two'])
  })
})

describe('truncation in place', () => {
  it('starts over when the file became shorter', async () => {
    const file = tail()
    source.write('one', 'two')
    await file.poll()
    source.truncate()
    source.write('x')
    await file.poll()
    expect(got).toEqual(['one', 'two', 'x'])
  })

  it('starts over when the file was emptied and filled beyond the old place', async () => {
    const file = tail()
    source.write('one', 'two')
    await file.poll()
    source.truncate()
    source.write('a longer line than before', 'more')
    await file.poll()
    expect(got).toEqual(['one', 'two', 'a longer line than before', 'more'])
  })

  it('forgets a line that had begun', async () => {
    const file = tail()
    source.write('one')
    source.writeRaw('beginn')
    await file.poll()
    source.truncate()
    source.write('x')
    await file.poll()
    expect(got).toEqual(['one', 'x'])
  })

  it('knows a file by its first bytes only up to a limit', async () => {
    const file = tail()
    source.write('x'.repeat(maxHeadBytes * 2))
    await file.poll()
    source.write('next')
    await file.poll()
    expect(got.at(-1)).toBe('next')
  })
})

describe('any order of writing, rotating, looking and restarting', () => {
  it('gives every line once and in order', async () => {
    const step = fc.constantFrom('write', 'poll', 'rotate', 'restart', 'half')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const own = createTemporaryFolder()
        const log = createLogSource(join(own.path, 'a.log'))
        const seen: string[] = []
        const options = (): FileTailOptions => ({
          path: log.path,
          positionPath: join(own.path, 'position.json'),
          begin: 'start',
          clock,
          onLines: (lines) => {
            seen.push(...lines.map((line) => line.text))
            return Promise.resolve()
          },
        })
        const settleAll = async (file: FileTail): Promise<void> => {
          await file.poll()
          await clock.advanceAsync(grace)
          await file.poll()
        }
        let file = new FileTail(options())
        let count = 0
        for (const next of steps) {
          if (next === 'write') log.write(`line ${(count += 1)}`)
          else if (next === 'half') log.writeRaw(`line ${(count += 1)}\nline ${(count += 1)}`.concat('\n'))
          else if (next === 'poll') await file.poll()
          else if (next === 'rotate') {
            // One rotation at a time: the fake logrotate keeps one old file.
            await settleAll(file)
            log.rotate()
          } else {
            await file.close()
            file = new FileTail(options())
          }
        }
        await settleAll(file)
        await settleAll(file)
        await file.close()
        own.remove()
        expect(seen).toEqual(Array.from({ length: count }, (_, i) => `line ${i + 1}`))
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 40) },
    )
  })
})
