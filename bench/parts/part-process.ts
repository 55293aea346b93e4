import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '@sevenfold/layer'

const folders = {
  ledger: 'backbone/ledger',
  collector: 'backbone/collector',
  alerts: 'backbone/alerts',
  detection: 'layers/detection',
} as const

/** Parts that a benchmark runs as their own built process. */
export type BenchPart = keyof typeof folders

/** A part that is ready. */
export interface PartProcess {
  readonly pid: number
  /** Planned end; resolves when the process is gone. */
  stop(): Promise<void>
}

/** How a part is started. */
export interface PartProcessOptions {
  /** Data folder of the installation; the part's own one below it is made where it is missing. */
  readonly dataDir: string
  /** Compiled configuration; left out: as it lies there. */
  readonly config?: object
  /** Arguments of Node. */
  readonly execArgv?: readonly string[]
}

/** Logs nothing: a benchmark prints figures only. */
export const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Resolves after so many milliseconds. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Starts the built process of a part, and waits until it says that it is ready. Throws when it ends before. */
export async function startPartProcess(
  part: BenchPart,
  { dataDir, config, execArgv = [] }: PartProcessOptions,
): Promise<PartProcess> {
  mkdirSync(join(dataDir, part), { recursive: true, mode: 0o700 })
  if (config !== undefined) writeFileSync(join(dataDir, part, 'config.json'), JSON.stringify(config))
  const child = fork(fileURLToPath(new URL(`../../${folders[part]}/dist/main.js`, import.meta.url)), {
    env: { ...process.env, SEVENFOLD_DATA: dataDir },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [...execArgv],
  })
  const gone = once(child, 'exit')
  await Promise.race([
    once(child, 'message'),
    gone.then(([code]) => Promise.reject(new Error(`${part} ended with ${code}`))),
  ])
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** What a part answers on its socket, as JSON. */
export function askPart(dataDir: string, part: 'collector' | 'alerts', path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socketPath = join(dataDir, part, 'api.sock')
    const call = request({ socketPath, path, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      answer.on('end', () => resolve(JSON.parse(text)))
    })
    call.on('error', reject)
    call.end()
  })
}
