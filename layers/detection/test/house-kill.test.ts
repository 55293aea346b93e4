import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { ask, createTemporaryFolder, testConfig } from './house.ts'
import { until } from './namespaces.ts'

const kills = Number(process.env['SEVENFOLD_KILLS'] ?? 3)
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

let folder: TemporaryFolder
let socket: string
const children: ChildProcess[] = []
beforeEach(() => {
  folder = createTemporaryFolder()
  socket = join(folder.path, 'detection', 'api.sock')
  mkdirSync(join(folder.path, 'detection'), { mode: 0o700 })
  writeFileSync(join(folder.path, 'detection', 'config.json'), JSON.stringify(testConfig()))
})
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child)
  folder.remove()
})

async function start(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@sevenfold/source', main], {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: { ...process.env, SEVENFOLD_DATA: folder.path },
  })
  children.push(child)
  const isUp = async (): Promise<boolean> =>
    (await ask(socket, { path: '/health' }).catch(() => undefined))?.status === 200
  expect(await until(isUp, 60_000)).toBe(true)
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** Status of an answer; 0 when none came, since the layer was killed before it gave one. */
async function send(method: string, path: string, body: object): Promise<{ status: number; body: string }> {
  return await ask(socket, { method, path, body }).catch(() => ({ status: 0, body: '' }))
}

it(
  `what was acknowledged by hand is in force after each of ${kills} kills: bans, ends, imports, allow-lists`,
  { timeout: 240_000 },
  async () => {
    const made = new Map<string, number>()
    const ended = new Set<string>()
    const imported: string[] = []
    const names: string[] = []
    let next = 0
    let batch = 0
    for (let round = 0; round < kills; round += 1) {
      const child = await start()
      const stop = new AbortController()
      const banning = async (): Promise<void> => {
        while (!stop.signal.aborted) {
          next += 1
          const value = `198.${18 + (next >> 16)}.${(next >> 8) & 255}.${next & 255}`
          const { status, body } = await send('POST', '/v1/decisions', { value })
          if (status !== 201) continue
          made.set(value, (JSON.parse(body) as { id: number }).id)
          if (next % 3 !== 0) continue
          const gone = await send('DELETE', `/v1/decisions/${made.get(value)}`, { reason: 'test' })
          if (gone.status === 200) ended.add(value)
          else made.delete(value) // nobody knows
        }
      }
      const importing = async (): Promise<void> => {
        while (!stop.signal.aborted) {
          batch += 1
          const values = Array.from({ length: 150 }, (_, i) => `45.${batch >> 8}.${batch & 255}.${i}`)
          const decisions = values.map((value) => ({ value }))
          const { status } = await send('POST', '/v1/decisions/import', { decisions })
          if (status === 201) imported.push(...values)
        }
      }
      const naming = async (): Promise<void> => {
        while (!stop.signal.aborted) {
          next += 1
          const name = `list-${next}`
          if ((await send('POST', '/v1/allowlists', { name })).status === 201) names.push(name)
          await pause(5)
        }
      }
      const work = [banning(), banning(), importing(), naming()]
      // On a slow machine the first answers take a while; the kill comes in the middle of the work.
      const before = made.size + imported.length + names.length
      await until(() => made.size + imported.length + names.length > before, 30_000)
      await pause(Math.random() * 400)
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      stop.abort()
      await Promise.all(work)
    }
    await start()
    const answer = await ask(socket, { path: '/v1/decisions' })
    const values = (JSON.parse(answer.body) as { value: string }[]).map(({ value }) => value)
    const inForce = new Set(values)
    expect(values).toHaveLength(inForce.size)
    const expected = [...[...made.keys()].filter((value) => !ended.has(value)), ...imported]
    expect(expected.filter((value) => !inForce.has(value))).toEqual([])
    expect([...ended].filter((value) => inForce.has(value))).toEqual([])
    expect(made.size + imported.length + names.length).toBeGreaterThan(0)
    const lists = JSON.parse((await ask(socket, { path: '/v1/allowlists' })).body) as { name: string }[]
    expect(names.filter((name) => !lists.some((list) => list.name === name))).toEqual([])
  },
)
