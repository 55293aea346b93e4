import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import { connect } from 'node:net'
import type { Server } from 'node:net'
import { LayerError, systemCode } from '../error.ts'

/** Longest path of a Unix socket, in bytes; the kernels allow 104 to 108. */
export const maxSocketPathBytes = 100

/** @throws LayerError LAYER_SOCKET_PATH_TOO_LONG over `maxSocketPathBytes`. */
export function checkSocketPath(path: string): void {
  if (Buffer.byteLength(path) <= maxSocketPathBytes) return
  throw new LayerError(
    'LAYER_SOCKET_PATH_TOO_LONG',
    `socket path ${path} has ${Buffer.byteLength(path)} bytes, at most ${maxSocketPathBytes} are allowed`,
    { hint: 'use a data folder with a shorter path' },
  )
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function removeStale(path: string): Promise<void> {
  try {
    if (!lstatSync(path).isSocket())
      throw new LayerError('LAYER_SOCKET_IN_USE', `${path} exists and is no socket`, { hint: 'move it away' })
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return
    throw error
  }
  if (await answers(path))
    throw new LayerError('LAYER_SOCKET_IN_USE', `another process listens on ${path}`, {
      hint: 'stop the other process, or use another data folder',
    })
  unlinkSync(path)
}

/**
 * Listens on a Unix socket of mode 0600 (its folder is the credential) and removes what a killed process left there.
 * @throws LayerError LAYER_SOCKET_PATH_TOO_LONG, LAYER_SOCKET_IN_USE when another process answers there.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  checkSocketPath(path)
  await removeStale(path)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
  chmodSync(path, 0o600)
}
