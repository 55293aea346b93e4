import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isJsonObject } from '@sevenfold/event'
import { loadOrCreateKeys, localAgent, registerAgent } from '../src/index.ts'
import { accessDraft, createBench, openTestSpool, shipTo, startTestReceiver, until } from './harness.ts'
import type { Bench } from './harness.ts'

const packageDir = join(import.meta.dirname, '..')
// The children run from the sources, as this test does.
const execArgv = ['--import', 'tsx', '--conditions=@sevenfold/source']
const kills = Number(process.env['SEVENFOLD_KILLS'] ?? 12)

let bench: Bench
beforeEach(() => void (bench = createBench()))
afterEach(() => bench.close())

interface Child {
  readonly process: ChildProcess
  readonly messages: Record<string, unknown>[]
}

async function start(script: string, args: readonly string[]): Promise<Child> {
  const child = fork(join(packageDir, 'test', 'kill', script), args, {
    execArgv,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const messages: Record<string, unknown>[] = []
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => void (errors += chunk.toString().slice(0, 10_000)))
  child.on('message', (message) => {
    if (isJsonObject(message)) messages.push(message)
  })
  await until(
    () => messages.some(({ type }) => type === 'ready') || child.exitCode !== null,
    `start of ${script}`,
  )
  if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}: ${errors}`)
  return { process: child, messages }
}

async function kill(child: Child): Promise<void> {
  const gone = once(child.process, 'exit')
  child.process.kill('SIGKILL')
  await gone
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function numbers(lines: readonly string[]): number[] {
  return lines.flatMap((line) => {
    const match = /"path":"\/item\/(\d+)"/.exec(line)
    return match === null ? [] : [Number(match[1])]
  })
}

describe('SIGKILL at random moments', () => {
  it(
    `of the writer, ${kills} times: nothing that was durable is lost or doubled`,
    { timeout: 180_000 },
    async () => {
      const receiver = await startTestReceiver(bench.folder)
      bench.later(() => receiver.close())
      const durable: [first: number, last: number][] = []
      for (let round = 0; round < kills; round += 1) {
        const first = 1_000_000 * (round + 1)
        const writer = await start('writer.ts', [bench.folder, String(first), receiver.socketPath])
        bench.later(() => void writer.process.kill('SIGKILL'))
        await pause(Math.random() * 250)
        await kill(writer)
        const told = writer.messages.filter(({ type }) => type === 'durable').map(({ upTo }) => Number(upTo))
        if (told.length > 0) durable.push([first, Math.max(...told)])
      }
      // What the last one left in its spool is delivered by an heir.
      const heir = await openTestSpool(bench.folder)
      heir.spool.append(accessDraft(1))
      await heir.spool.flush()
      const shipper = shipTo(heir, receiver)
      await until(() => heir.spool.reader('ledger').backlog() === 0, 'delivery')
      await shipper.stop()
      await heir.spool.close()
      const got = numbers(receiver.events.map(({ line }) => line))
      expect(new Set(got).size).toBe(got.length)
      const all = new Set(got)
      const missing = durable.flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((n) => !all.has(n)),
      )
      expect(missing).toEqual([])
      expect(receiver.kinds()).toEqual([])
      expect(new Set(receiver.events.map(({ event }) => event.agent.ephemeral_id)).size).toBe(1)
    },
  )

  it(
    `of the receiver, ${kills} times: nothing acknowledged is lost, nothing is doubled`,
    { timeout: 180_000 },
    async () => {
      const dir = join(bench.folder, 'ledger')
      const keys = loadOrCreateKeys(join(bench.folder, 'edge', 'keys'))
      loadOrCreateKeys(join(dir, 'keys'))
      registerAgent(join(dir, 'agents.json'), localAgent('edge', keys.publicKey))
      const writer = await openTestSpool(bench.folder)
      const shipper = shipTo(writer, { socketPath: join(dir, 'ingest.sock'), keys })
      bench.later(() => shipper.stop())
      let n = 0
      const incidents: unknown[] = []
      for (let round = 0; round < kills; round += 1) {
        const receiver = await start('receiver.ts', [dir])
        bench.later(() => void receiver.process.kill('SIGKILL'))
        const end = Date.now() + Math.random() * 200
        while (Date.now() < end) {
          for (let i = 0; i < 20; i += 1, n += 1) writer.spool.append(accessDraft(n))
          await writer.spool.flush()
          await pause(1)
        }
        await kill(receiver)
        incidents.push(...receiver.messages.filter(({ type }) => type === 'incident'))
      }
      const last = await start('receiver.ts', [dir])
      bench.later(() => void last.process.kill('SIGKILL'))
      await until(() => writer.spool.reader('ledger').backlog() === 0, 'delivery')
      await kill(last)
      const stored = readFileSync(join(dir, 'store.ndjson'), 'utf8').split('\n')
      expect(numbers(stored)).toEqual(Array.from({ length: n }, (_, i) => i))
      expect([...incidents, ...last.messages.filter(({ type }) => type === 'incident')]).toEqual([])
      await shipper.stop()
      await writer.spool.close()
    },
  )
})
