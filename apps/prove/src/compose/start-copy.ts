import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BedApp } from '../bed/start-app.ts'
import { engineTimeouts } from './engine.ts'
import type { Engine } from './engine.ts'
import { isolate } from './isolate.ts'
import type { ComposeSystem, ComposeTarget } from './isolate.ts'

/** A system to copy. */
export interface CopyOptions {
  readonly engine: Engine
  /** The Compose file. */
  readonly file: string
  readonly target: ComposeTarget
  /** Folder for the copy's file and data. */
  readonly folder: string
  /** Name of the copy, of its own for each proof. */
  readonly project: string
  readonly say: (text: string) => void
}

/** A running copy. */
export interface SystemCopy {
  readonly app: BedApp
  /** Removes containers, networks and volumes of the copy. */
  close(): Promise<void>
}

async function readSystem({ engine, file }: CopyOptions): Promise<ComposeSystem> {
  const text = await engine.run(['compose', '-f', file, 'config', '--format', 'json'], engineTimeouts.ask)
  return JSON.parse(text) as ComposeSystem
}

function writeCopy(options: CopyOptions, system: ComposeSystem): string {
  const data = join(options.folder, 'mounts')
  mkdirSync(data, { recursive: true })
  let count = 0
  const copy = isolate(system, options.target, (source) => {
    const place = join(data, String(count++))
    cpSync(source, place, { recursive: true })
    return place
  })
  const path = join(options.folder, 'compose.json')
  writeFileSync(path, JSON.stringify(copy))
  return path
}

/** The service as the application of a bed. Its rows cannot be put back: what is sent to it changes nothing. */
function appOf(port: number, folder: string): BedApp {
  const nothing = { paymentKey: '', fileKey: '', partnerPassword: '', partnerKey: '', heldReview: '' }
  return {
    process: {
      name: 'app',
      pid: 0,
      listen: new Map(),
      stop: () => Promise.resolve(),
      restart: () => Promise.resolve(),
    },
    port,
    folder,
    reset: () => Promise.resolve(nothing),
    state: () => Promise.resolve({ users: [], reviews: [], tables: [] }),
    victimSession: () => Promise.resolve(''),
  }
}

/**
 * Builds and starts an isolated copy of a declared system. Rejects with what the engine said; nothing of the copy
 * stays behind, and the original is never touched.
 */
export async function startCopy(options: CopyOptions): Promise<SystemCopy> {
  const { engine, project, target, folder, say } = options
  const path = writeCopy(options, await readSystem(options))
  const compose = (...args: readonly string[]): readonly string[] => [
    'compose',
    '-p',
    project,
    '-f',
    path,
    ...args,
  ]
  const close = async (): Promise<void> => {
    await engine.run(compose('down', '-v', '--remove-orphans', '--timeout', '5'), engineTimeouts.down)
  }
  try {
    say(`building and starting the copy ${project}`)
    await engine.run(compose('up', '-d', '--build', '--wait'), engineTimeouts.up)
    const published = await engine.run(
      compose('port', target.service, String(target.port)),
      engineTimeouts.ask,
    )
    const port = Number(/:(\d+)\s*$/.exec(published)?.[1] ?? 0)
    if (port === 0) throw new Error(`${target.service} does not listen on port ${target.port}`)
    return { app: appOf(port, folder), close }
  } catch (error) {
    await close().catch((reason: unknown) => say(`the copy ${project} was not removed: ${String(reason)}`))
    throw error
  }
}
