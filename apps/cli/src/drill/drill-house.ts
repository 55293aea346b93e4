import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isJsonObject } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import { environmentError } from '../program/cli-error.ts'
import { askSocket } from '../talk/ask-socket.ts'
import { readState } from '../up/state-file.ts'

/** A demo of its own that a drill may break. */
export interface DrillHouse {
  readonly dataDir: string
  /** Process id of a part. @throws CliError when it has none. */
  pid(part: string): number
  /** Where a part listens. @throws CliError when it listens nowhere. */
  url(part: string): string
  /** Whether every part is ready and watched. */
  isWhole(): Promise<boolean>
  /** Asks the alerts process; undefined while it does not answer. */
  ask(path: string): Promise<Json | undefined>
  stop(): Promise<void>
}

const startDeadlineMs = 60_000
const program = fileURLToPath(new URL('../../bin/sevenfold.mjs', import.meta.url))

/** Waits for a condition with a deadline; false when it did not come true. */
export async function waitFor(
  condition: () => Promise<boolean> | boolean,
  deadlineMs: number,
): Promise<boolean> {
  const end = performance.now() + deadlineMs
  for (;;) {
    if (await condition()) return true
    if (performance.now() > end) return false
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function logTail(dataDir: string): string {
  try {
    return readFileSync(join(dataDir, 'up.log'), 'utf8').split('\n').slice(-6).join('\n  ')
  } catch {
    return ''
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('close', () => resolve())
  })
}

/** Starts `up --demo --runtime` on a data folder of its own and free ports. @throws CliError when it does not start. */
export async function startDrillHouse(dataDir: string, scale: number): Promise<DrillHouse> {
  const ports = ['--port', '--console-port', '--api-port', '--shop-port'].flatMap((option) => [option, '0'])
  const child = spawn(process.execPath, [program, 'up', '--demo', '--runtime', '--data', dataDir, ...ports], {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: { ...process.env, SEVENFOLD_DRILL_SCALE: String(scale) },
  })
  const house: DrillHouse = {
    dataDir,
    isWhole: async () => {
      const parts = readState(dataDir)?.parts ?? []
      const status = await house.ask('status')
      const watched = isJsonObject(status) && Array.isArray(status['watched']) ? status['watched'].length : 0
      return parts.length > 0 && parts.every(({ state }) => state === 'ready') && watched > parts.length
    },
    pid: (part) => {
      const pid = readState(dataDir)?.parts.find(({ name }) => name === part)?.pid
      if (pid === undefined) throw environmentError(`${part} does not run in the drill`, 'try again')
      return pid
    },
    url: (part) => {
      const url = readState(dataDir)?.parts.find(({ name }) => name === part)?.listening[0]?.url
      if (url === undefined) throw environmentError(`${part} listens nowhere in the drill`, 'try again')
      return url
    },
    ask: async (path) => {
      try {
        return await askSocket({
          socketPath: join(dataDir, 'alerts', 'api.sock'),
          part: 'alerts',
          path: `/v1/${path}`,
        })
      } catch {
        return undefined // it is being killed, or starting again
      }
    },
    stop: async () => {
      child.kill('SIGINT')
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await ended(child)
      clearTimeout(timer)
    },
  }
  if (await waitFor(() => child.exitCode !== null || house.isWhole(), startDeadlineMs)) {
    if (child.exitCode === null) return house
  }
  await house.stop()
  throw environmentError(
    `the demo of the drill did not start\n  ${logTail(dataDir)}`,
    'does sevenfold up --demo start here?',
  )
}

/** The open incidents as the alerts process gives them. */
export async function openIncidents(house: DrillHouse): Promise<readonly JsonObject[]> {
  const answer = await house.ask('incidents?state=all')
  const list = isJsonObject(answer) ? answer['incidents'] : undefined
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}
