import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Longest wait for the database process, in milliseconds; setting up a first cluster takes seconds. */
export const databaseStartMs = 60_000

/** Starts `database-main` beside the calling program and waits until it listens. Rejects when it ends before. */
export function forkDatabase(socketPath: string): Promise<ChildProcess> {
  const entry = fileURLToPath(new URL('../database-main.js', import.meta.url))
  const child = fork(entry, [], { env: { ...process.env, SHOP_DB_SOCKET: socketPath }, execArgv: [] })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill()
      reject(new Error('the database did not start in time'))
    }, databaseStartMs)
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`the database process ended with code ${code ?? 'none'}`))
    })
    child.once('message', () => {
      clearTimeout(timer)
      resolve(child)
    })
  })
}
