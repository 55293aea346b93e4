import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DockerSource } from '@sevenfold/intake'
import type { DockerOptions } from '@sevenfold/intake'
import { createFakeClock, createTemporaryFolder, startDockerEngine } from '@sevenfold/testkit'
import type { DockerEngine, FakeClock, TemporaryFolder } from '@sevenfold/testkit'
import { DockerFrames } from '../src/docker/docker-frames.ts'
import { DockerPositions, maxDockerPositions } from '../src/docker/docker-position.ts'
import { createTaker, eventually } from './eventually.ts'
import type { Taker } from './eventually.ts'

let folder: TemporaryFolder
let engine: DockerEngine
let clock: FakeClock
let taker: Taker
const open: DockerSource[] = []
const id = 'a'.repeat(64)

beforeEach(async () => {
  folder = createTemporaryFolder()
  engine = await startDockerEngine(join(folder.path, 'docker.sock'))
  clock = createFakeClock(Date.UTC(2026, 0, 1))
  taker = createTaker()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((source) => source.close()))
  await engine.close()
  folder.remove()
})

async function follow(change: Partial<DockerOptions> = {}): Promise<DockerSource> {
  const source = new DockerSource({
    socketPath: engine.socketPath,
    isWanted: ({ name }) => name.startsWith('web'),
    positionPath: join(folder.path, 'docker.json'),
    onLines: taker.take,
    clock,
    ...change,
  })
  open.push(source)
  await source.start()
  return source
}

const at = (second: number, nanoseconds = 0): string =>
  `2026-01-01T00:00:${String(second).padStart(2, '0')}.${String(nanoseconds).padStart(9, '0')}Z`
const followed = (times = 1): boolean =>
  engine.asked.filter((path) => path.includes('/logs?')).length >= times

describe('following containers', () => {
  it('gives the lines of those that are wanted, without their times', async () => {
    engine.run({ id, name: 'web' })
    engine.run({ id: 'b'.repeat(64), name: 'db' })
    engine.write(id, '2025-12-31T23:59:59.5Z', 'old')
    await follow()
    await eventually('the follower', () => followed())
    engine.write(id, at(1), 'one')
    engine.write(id, at(1, 1), 'problem', 2)
    await eventually('two lines', () => taker.texts.length === 2)
    expect(taker.texts).toEqual(['one', 'problem'])
    expect(taker.from).toEqual(['web', 'web'])
    expect(engine.asked.some((path) => path.includes('b'.repeat(64)))).toBe(false)
  })

  it('reads nothing twice and leaves nothing out over restarts, though lines have the same time', async () => {
    engine.run({ id, name: 'web' })
    const first = await follow()
    await eventually('the follower', () => followed())
    for (const text of ['a', 'b', 'c']) engine.write(id, at(5, 7), text)
    await eventually('three lines', () => taker.texts.length === 3)
    await first.close()
    engine.write(id, at(5, 7), 'd')
    engine.write(id, at(5, 8), 'e')
    engine.write(id, at(6), 'f')
    await follow()
    await eventually('the rest', () => taker.texts.length === 6)
    expect(taker.texts).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  it('goes on after the engine cut it off, and finds new containers', async () => {
    engine.run({ id, name: 'web' })
    await follow()
    await eventually('the follower', () => followed())
    engine.write(id, at(1), 'one')
    await eventually('a line', () => taker.texts.length === 1)
    engine.cutFollowers()
    engine.write(id, at(2), 'two')
    engine.run({ id: 'c'.repeat(64), name: 'web2' })
    engine.write('c'.repeat(64), at(0, 1), 'born')
    await eventually('both', () => {
      clock.advance(5_000)
      return taker.texts.length === 3
    })
    expect(taker.texts.toSorted()).toEqual(['born', 'one', 'two'])
  })

  it('reads containers with a terminal', async () => {
    engine.run({ id, name: 'web', terminal: true })
    await follow()
    await eventually('the follower', () => followed())
    engine.write(id, at(1), 'plain')
    await eventually('the line', () => taker.texts.length === 1)
    expect(taker.texts).toEqual(['plain'])
  })

  it('gives lines again that were not taken', async () => {
    engine.run({ id, name: 'web' })
    const errors: unknown[] = []
    await follow({ onError: (error) => errors.push(error) })
    await eventually('the follower', () => followed())
    taker.refuseNext()
    engine.write(id, at(1), 'one')
    await eventually('the line again', () => {
      clock.advance(5_000)
      return taker.texts.length === 1
    })
    expect(errors).toHaveLength(1)
  })

  it('reports an engine that is not there and tries again', async () => {
    const errors: unknown[] = []
    await follow({ socketPath: join(folder.path, 'none.sock'), onError: (error) => errors.push(error) })
    expect(errors).toHaveLength(1)
    await eventually('another try', () => {
      clock.advance(60_000)
      return errors.length > 1
    })
  })
})

describe('frames of a container', () => {
  const frame = (kind: number, text: string): Buffer =>
    Buffer.concat([Buffer.from([kind, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)])

  it('are taken apart the same at each split', () => {
    const bytes = Buffer.concat([frame(1, 'one'), frame(2, 'two'), frame(1, '')])
    for (let cut = 0; cut <= bytes.length; cut++) {
      const frames = new DockerFrames()
      const chunks = [...frames.push(bytes.subarray(0, cut)), ...frames.push(bytes.subarray(cut))]
      const textOf = (stream: string): string =>
        chunks
          .filter((chunk) => chunk.stream === stream)
          .map((chunk) => chunk.bytes.toString())
          .join('')
      expect([textOf('stdout'), textOf('stderr')]).toEqual(['one', 'two'])
    }
  })

  it('are not believed when they are none', () => {
    expect(() => new DockerFrames().push(Buffer.from('plain text output'))).toThrow(RangeError)
    expect(() => new DockerFrames().push(Buffer.from([1, 0, 0, 0, 255, 255, 255, 255]))).toThrow(RangeError)
  })
})

it('keeps positions of a bounded number of containers', () => {
  const path = join(folder.path, 'many.json')
  const positions = new DockerPositions(path)
  for (let n = 0; n <= 3; n++) positions.set(`c${n}`, { time: at(1), count: n })
  expect(new DockerPositions(path).get('c3')).toEqual({ time: at(1), count: 3 })
  expect(maxDockerPositions).toBe(2_000)
})
