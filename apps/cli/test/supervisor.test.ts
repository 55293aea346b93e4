import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@sevenfold/layer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { maxLogBytes } from '../src/up/part-log.ts'
import type { PartSpec } from '../src/up/part-spec.ts'
import { createSupervisor } from '../src/up/supervisor.ts'
import type { Supervisor } from '../src/up/supervisor.ts'

const entry = fileURLToPath(new URL('../testdata/fake-part.mjs', import.meta.url))

let folder: string
let supervisors: Supervisor[] = []
let deaths: { part: string; why: string; delayMs: number }[] = []
/** Processes that lived when the last death was reported. */
let survivors: number[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sevenfold-up-'))
  deaths = []
})
afterEach(async () => {
  await Promise.all(supervisors.map(async (supervisor) => await supervisor.stop()))
  supervisors = []
  await rm(folder, { recursive: true, force: true })
})

const pids = (): string => join(folder, 'pids')
const started = (): number[] =>
  readFileSync(pids(), 'utf8')
    .split('\n')
    .flatMap((line) => (line.startsWith('start ') ? [Number(line.slice(6))] : []))

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A zombie still takes signals; it is gone all the same.
    return !/^State:\s+Z/m.test(
      existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '',
    )
  } catch {
    return false
  }
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 10_000
  while (!holds()) {
    if (Date.now() > end) throw new Error('it did not happen within 10 s')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function part(name: string, does: string, stopStage = 0): PartSpec {
  return { name, entry, stopStage, env: { FAKE: does, FAKE_PIDS: pids(), FAKE_NAME: name } }
}

function supervise(...parts: PartSpec[]): Supervisor {
  const supervisor = createSupervisor({
    parts,
    dataDir: folder,
    env: { PATH: process.env['PATH'], SECRET_OF_OTHERS: 'x' },
    clock: systemClock,
    onDeath: (death) => {
      deaths.push(death)
      survivors = started().filter(alive)
    },
    onChange: () => undefined,
  })
  supervisors.push(supervisor)
  return supervisor
}

describe('start', () => {
  it('is over when every part is ready, and knows where they listen', async () => {
    const supervisor = supervise(part('a', 'ready'), part('b', 'ready'))
    await supervisor.start()
    expect(supervisor.status()).toMatchObject([
      {
        name: 'a',
        state: 'ready',
        restarts: 0,
        listening: [{ name: 'fake', url: 'http://127.0.0.1:1/yes' }],
      },
      { name: 'b', state: 'ready' },
    ])
  })

  it('stops the others and shows the last words when one part dies', async () => {
    const supervisor = supervise(part('good', 'ready'), part('bad', 'die'))
    const error: unknown = await supervisor.start().catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      exitCode: 3,
      hint: `its log is ${join(folder, 'supervisor', 'logs', 'bad.log')}`,
    })
    expect(String(error)).toContain(
      'bad did not start: it ended with code 7\n  fake: error: nothing works\\x1b[31m',
    )
    expect(started().filter(alive)).toEqual([])
  })

  it('gives a part no variables but those that it needs', async () => {
    await supervise(part('a', 'ready')).start()
    const [pid] = started()
    if (!existsSync('/proc/self/environ')) return
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('SECRET_OF_OTHERS')
  })

  it('puts a log that has grown too large aside', async () => {
    const supervisor = supervise(part('a', 'die'))
    await supervisor.start().catch(() => undefined)
    const log = join(folder, 'supervisor', 'logs', 'a.log')
    writeFileSync(log, Buffer.alloc(maxLogBytes + 1, 'x'))
    await supervise(part('a', 'die'))
      .start()
      .catch(() => undefined)
    expect(existsSync(`${log}.1`)).toBe(true)
    expect(readFileSync(log, 'utf8')).toContain('nothing works')
  })
})

describe('a part that dies', () => {
  const crash = (pid: number): void => writeFileSync(`${pids()}.crash.${pid}`, '')

  it('starts again, each time in a row after a longer pause', async () => {
    const supervisor = supervise(part('a', 'crash'), part('b', 'ready'))
    await supervisor.start()
    for (const round of [1, 2]) {
      const pid = supervisor.status()[0]?.pid ?? 0
      crash(pid)
      await until(
        () => supervisor.status()[0]?.restarts === round && supervisor.status()[0]?.state === 'ready',
      )
      expect(supervisor.status()[0]?.pid).not.toBe(pid)
    }
    expect(deaths).toEqual([
      { part: 'a', why: 'ended with code 9', delayMs: 250 },
      { part: 'a', why: 'ended with code 9', delayMs: 500 },
    ])
    expect(supervisor.status()[1]).toMatchObject({ name: 'b', state: 'ready', restarts: 0 })
  })

  it('leaves no process of its own behind', async () => {
    const supervisor = supervise(part('a', 'family'))
    await supervisor.start()
    const [parent = 0, child = 0] = started()
    expect(alive(child)).toBe(true)
    process.kill(parent, 'SIGKILL')
    await until(() => !alive(child))
    expect(deaths).toMatchObject([{ part: 'a', why: 'was killed by SIGKILL' }])
  })

  it('that hands over leaves its processes serving, and ends them with everything', async () => {
    const supervisor = supervise({ ...part('a', 'family'), handsOver: true })
    await supervisor.start()
    const [parent = 0, child = 0] = started()
    process.kill(parent, 'SIGKILL')
    await until(() => supervisor.status()[0]?.restarts === 1 && supervisor.status()[0]?.state === 'ready')
    expect(survivors).toEqual([child])
    // The next one tells them when to leave; nobody else does.
    expect(alive(child)).toBe(true)
    await supervisor.stop()
    await until(() => started().filter(alive).length === 0)
  })

  it('that hands over leaves nothing behind when everything stops before the next one is ready', async () => {
    const supervisor = supervise({ ...part('a', 'family'), handsOver: true })
    await supervisor.start()
    const [parent = 0] = started()
    process.kill(parent, 'SIGKILL')
    await until(() => deaths.length === 1)
    await supervisor.stop()
    await until(() => started().filter(alive).length === 0)
  })

  it('does not start again while everything stops', async () => {
    const supervisor = supervise(part('a', 'crash'))
    await supervisor.start()
    crash(supervisor.status()[0]?.pid ?? 0)
    await until(() => supervisor.status()[0]?.state === 'waiting')
    await supervisor.stop()
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(started().filter(alive)).toEqual([])
    expect(supervisor.status()[0]?.state).toBe('stopped')
  })
})

describe('restart', () => {
  it('starts one part anew and counts no death', async () => {
    const supervisor = supervise(part('a', 'ready'), part('b', 'ready'))
    await supervisor.start()
    const before = supervisor.status().map(({ pid }) => pid)
    await supervisor.restart('a')
    const after = supervisor.status()
    expect(after).toMatchObject([
      { state: 'ready', restarts: 0 },
      { state: 'ready', pid: before[1] },
    ])
    expect(after[0]?.pid).not.toBe(before[0])
    expect(deaths).toEqual([])
    process.kill(after[0]?.pid ?? 0, 'SIGKILL')
    await until(() => supervisor.status()[0]?.restarts === 1 && supervisor.status()[0]?.state === 'ready')
  })
})

describe('stop', () => {
  it('goes by stages, the last one last', async () => {
    const supervisor = supervise(
      part('ledger', 'ready', 2),
      part('detection', 'ready', 1),
      part('edge', 'ready', 0),
    )
    await supervisor.start()
    await supervisor.stop()
    const order = readFileSync(pids(), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('term '))
    expect(order).toEqual(['term edge', 'term detection', 'term ledger'])
    expect(started().filter(alive)).toEqual([])
  })

  it('kills a part that does not listen, and its children, within five seconds', async () => {
    const supervisor = supervise(part('a', 'deaf'), part('b', 'family'), part('c', 'deaf', 1))
    await supervisor.start()
    const begun = Date.now()
    await supervisor.stop()
    expect(Date.now() - begun).toBeLessThan(5000)
    await until(() => started().filter(alive).length === 0)
  })

  it('can be asked for twice', async () => {
    const supervisor = supervise(part('a', 'ready'))
    await supervisor.start()
    await Promise.all([supervisor.stop(), supervisor.stop()])
    expect(supervisor.status()[0]?.state).toBe('stopped')
  })
})
