import { accessSync, constants, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Listen } from '@sevenfold/config'
import { ensurePrivateFolder } from '@sevenfold/layer'
import { environmentError } from '../program/cli-error.ts'
import type { CliError } from '../program/cli-error.ts'

/** Oldest Node that runs this program, and the newest major that is past its end of life. */
export const oldestNode: readonly [number, number] = [20, 19]
const endOfLifeMajor = 20

/** A listener that will be opened, and how the person can choose another port. */
export interface Wanted {
  readonly owner: string
  readonly listen: Listen
  readonly change: string
}

/** @throws CliError for a Node that is too old. Returns a warning for one that gets no security fixes any more. */
export function checkNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor, oldestMinor] = oldestNode
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw environmentError(
      `node ${version} is too old`,
      `install node ${oldestNode.join('.')} or newer; 22 or 24 is recommended`,
    )
  }
  if (major > endOfLifeMajor) return undefined
  return `node ${major} is past its end of life and gets no security fixes: 22 or 24 is recommended`
}

function code(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Least free disk for a start, in bytes: keys, spools and the first segment. */
export const leastFreeBytes: number = 32 * 1024 * 1024

/** @throws CliError when `free` bytes are too few to start with. */
export function checkFree(dataDir: string, free: number): void {
  if (free >= leastFreeBytes) return
  const shown = `${Math.floor(free / 1024 / 1024)} MiB`
  throw environmentError(
    `the disk of the data folder ${dataDir} has ${shown} left, and ${leastFreeBytes / 1024 / 1024} MiB are needed to start`,
    'make room, or name a folder on another disk with --data DIR',
  )
}

/** Makes the data folder for its owner alone and tries to write. @throws CliError saying what is in the way. */
export function checkDataFolder(dataDir: string): void {
  try {
    ensurePrivateFolder(dataDir)
    const probe = join(dataDir, `.write-test.${process.pid}`)
    writeFileSync(probe, '', { mode: 0o600 })
    rmSync(probe)
    accessSync(dataDir, constants.W_OK)
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    const why: Record<string, string> = {
      EROFS: 'it is on a read-only file system',
      EACCES: 'this user may not write there',
      EPERM: 'this user may not write there',
      ENOSPC: 'the disk is full',
      ENOTDIR: 'a part of the path is a file',
      EEXIST: 'there is a file of that name',
    }
    const shown = why[code(cause)] ?? (cause instanceof Error ? cause.message : 'it cannot be used')
    throw environmentError(
      `the data folder ${dataDir} cannot be used: ${shown}`,
      'name a folder that you may write to with --data DIR',
      error,
    )
  }
  const { bavail, bsize } = statfsSync(dataDir)
  checkFree(dataDir, bavail * bsize)
}

function tryListen({ host, port }: Listen): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(code(error)))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

function listenError(wanted: Wanted, fault: string): CliError {
  const { host, port } = wanted.listen
  if (fault === 'EADDRINUSE') {
    return environmentError(
      `port ${port} for ${wanted.owner} is taken by another program`,
      `stop that program, or ${wanted.change}`,
    )
  }
  if (fault === 'EACCES') {
    return environmentError(
      `this user may not listen on port ${port} for ${wanted.owner}`,
      `use a port from 1024 on: ${wanted.change}`,
    )
  }
  if (fault === 'EADDRNOTAVAIL') {
    return environmentError(`${host} for ${wanted.owner} is no address of this machine`, wanted.change)
  }
  return environmentError(`${wanted.owner} cannot listen on ${host}:${port} (${fault})`, wanted.change)
}

/** Looks whether every listener can be opened. @throws CliError for the first that cannot, naming what to change. */
export async function checkPorts(wanted: readonly Wanted[]): Promise<void> {
  for (const one of wanted) {
    if (one.listen.port === 0) continue
    const fault = await tryListen(one.listen)
    if (fault !== undefined) throw listenError(one, fault)
  }
}

/** A free loopback port. Somebody else may take it before it is used; nothing can be done about that here. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
