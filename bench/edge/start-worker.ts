import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { workerOptions } from '../../layers/edge/src/primary/worker-options.ts'
import { BuiltEdge } from './built-edge.ts'
import { end, freePort, waitForPort } from './nginx.ts'
import type { PeerProxy } from './peers.ts'

/** How one worker's traffic path is started. */
export interface WorkerChoice {
  readonly name: string
  readonly events: 'none' | 'spool'
  /** Entry of `edge.rules`; empty: no inspection. */
  readonly rules?: string
  /** Core that it runs on; absent: any. */
  readonly core?: number
  readonly env?: Readonly<Record<string, string>>
}

/** What node runs: the built code, with the options that the primary gives its workers. */
export function workerCommand(): readonly string[] {
  const script = fileURLToPath(new URL('edge-process.ts', import.meta.url))
  return [...workerOptions, '--import', 'tsx', script]
}

/** Starts one worker's traffic path before an upstream. */
export async function startWorker(
  folder: string,
  upstream: number,
  choice: WorkerChoice,
): Promise<PeerProxy> {
  const port = await freePort()
  if (!BuiltEdge.isBuilt) throw new Error('the edge has not been built: run npm run build')
  const node = [process.execPath, ...workerCommand()]
  const args = [
    String(port),
    String(upstream),
    join(folder, choice.name.replaceAll(/\W/g, '')),
    choice.events,
  ]
  const pin = choice.core === undefined ? [] : ['taskset', '-c', String(choice.core)]
  const command = [...pin, ...node, ...args, choice.rules ?? '']
  const child = spawn(command[0] ?? process.execPath, command.slice(1), {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...choice.env },
  })
  await waitForPort(port)
  return { name: choice.name, pid: child.pid ?? 0, port, stop: () => end(child) }
}
