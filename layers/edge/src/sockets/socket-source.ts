import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs'
import net from 'node:net'
import type { Server } from 'node:net'
import { dirname, join } from 'node:path'

/** Where a server is to listen. */
export interface SocketPlace {
  /** Literal address; ignored with `path`. */
  readonly host: string
  /** 0 takes a free one; ignored with `path`. */
  readonly port: number
  /** Absolute path of a Unix socket. */
  readonly path?: string
}

/** Gives servers their listening sockets. */
export interface SocketSource {
  /** Resolves when `server` listens at `place`; rejects when the place cannot be had. */
  listen(server: Server, place: SocketPlace): Promise<void>
}

const backlog = 4096
const unixSocketMode = 0o660
let drafts = 0

function listening(server: Server, start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    start(() => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** True when a program answers at a Unix socket; a killed one leaves its file behind, and nobody answers there. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect(path)
    const settle = (answered: boolean): void => {
      probe.destroy()
      resolve(answered)
    }
    probe.once('connect', () => settle(true))
    probe.once('error', () => settle(false))
  })
}

/**
 * A Unix socket appears under its name only when it is ready and has its rights, in the place of one that was left
 * behind. Nobody else removes it: libuv unlinks the name that it bound, which is another one.
 */
async function openUnix(server: Server, path: string): Promise<void> {
  if (existsSync(path) && (await isAnswered(path))) throw new Error(`listen EADDRINUSE: ${path}`)
  drafts += 1
  const draft = join(dirname(path), `.${process.pid.toString(36)}${drafts}`)
  rmSync(draft, { force: true })
  await listening(server, (done) => server.listen({ path: draft, backlog, exclusive: true }, done))
  chmodSync(draft, unixSocketMode)
  renameSync(draft, path)
}

/** Opens a socket of this process. A Unix socket stays in its place when the server closes. */
export async function openSocket(server: Server, { host, port, path }: SocketPlace): Promise<void> {
  if (path !== undefined) {
    await openUnix(server, path)
    return
  }
  await listening(server, (done) => server.listen({ host, port, backlog, exclusive: true }, done))
}

/** Takes a listening socket of another process into use. */
export function listenOn(server: Server, handle: object): Promise<void> {
  return listening(server, (done) => server.listen(handle, backlog, done))
}

/** Sockets of this process alone; their files go with their servers. */
export const ownSockets: SocketSource = {
  async listen(server, place) {
    await openSocket(server, place)
    const { path } = place
    if (path !== undefined) server.once('close', () => rmSync(path, { force: true }))
  },
}

/** Where a server listens, as its engine tells it. */
export function listeningOf(
  server: Server,
  { host, path }: SocketPlace,
): { readonly host: string; readonly port: number; readonly path?: string } {
  return path === undefined ? { host, port: portOf(server) } : { host: '', port: 0, path }
}

/** Port of a server that listens; 0 for one on a Unix socket. */
function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
