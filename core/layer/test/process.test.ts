import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBench, until } from './harness.ts'
import type { Bench } from './harness.ts'

let bench: Bench
beforeEach(() => {
  bench = createBench()
  mkdirSync(join(bench.folder, 'edge'))
  writeFileSync(join(bench.folder, 'edge', 'config.json'), '{"n":1}')
})
afterEach(() => bench.close())

interface Run {
  readonly messages: unknown[]
  stderr(): string
  kill(signal: NodeJS.Signals): void
  /** Exit code, or the signal's name. */
  ended(): Promise<number | string>
}

function run(env: Record<string, string> = {}): Run {
  const child = fork(join(import.meta.dirname, 'process', 'main.ts'), [], {
    execArgv: ['--import', 'tsx', '--conditions=@sevenfold/source'],
    env: { ...process.env, SEVENFOLD_DATA: bench.folder, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  bench.later(() => void child.kill('SIGKILL'))
  const messages: unknown[] = []
  let stderr = ''
  child.on('message', (message) => void messages.push(message))
  child.stderr?.on('data', (chunk: Buffer) => void (stderr += chunk.toString()))
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) =>
    typeof code === 'number' ? code : String(signal),
  )
  return { messages, stderr: () => stderr, kill: (signal) => void child.kill(signal), ended: () => ended }
}

function spooled(): string {
  const root = join(bench.folder, 'edge', 'spool')
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.seg'))
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('')
}

describe('a layer as a process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'says when it is ready and stops on %s with everything on disk',
    async (signal) => {
      const child = run()
      await until(() => child.messages.length > 0, 'ready')
      expect(child.messages[0]).toMatchObject({
        type: 'ready',
        part: 'edge',
        listen: [{ name: 'site', url: 'http://127.0.0.1:1/' }],
      })
      child.kill(signal)
      expect(await child.ended()).toBe(0)
      expect(spooled()).toContain('"action":"started"')
    },
  )

  it('ends with exit code 3 and what to do when another process has its folder', async () => {
    const first = run()
    await until(() => first.messages.length > 0, 'ready')
    const second = run()
    expect(await second.ended()).toBe(3)
    expect(second.stderr()).toMatch(/edge: error: .* is in use by process \d+\nhint: stop the other process/)
  })

  it('ends with exit code 3 when there is no configuration', async () => {
    writeFileSync(join(bench.folder, 'edge', 'config.json'), '{')
    const child = run()
    expect(await child.ended()).toBe(3)
    expect(child.stderr()).toContain('hint: run `sevenfold config check`')
  })

  it('ends with exit code 1 on a bug, after its events are on disk', async () => {
    const child = run({ TEST_THROW: '1' })
    expect(await child.ended()).toBe(1)
    expect(child.stderr()).toContain('"event":"uncaught"')
    expect(spooled()).toContain('"action":"before"')
  })
})
