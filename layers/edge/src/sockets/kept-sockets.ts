import { sendable } from './socket-handle.ts'
import type { SocketHandle } from './socket-handle.ts'
import { socketsVariable } from './socket-message.ts'
import type { KeeperMessage } from './socket-message.ts'

/** What the parent of this process keeps for the next one. */
export interface KeptSockets {
  /** False: the sockets end with this process. */
  readonly outlive: boolean
  /** Sockets of the process before this one. */
  readonly kept: ReadonlyMap<string, SocketHandle>
  keep(key: string, handle: SocketHandle): void
  drop(key: string): void
}

const handOverMs = 5000

const nobodyKeeps: KeptSockets = {
  outlive: false,
  kept: new Map(),
  keep: () => undefined,
  drop: () => undefined,
}

function tellParent(message: KeeperMessage, handle?: SocketHandle): void {
  if (!process.connected) return
  const sent = handle === undefined ? undefined : sendable(handle)
  // A parent that is gone has no use for it.
  process.send?.(message, sent, {}, () => undefined)
}

let taken: Promise<KeptSockets> | null = null

/**
 * Takes the sockets that the parent kept, if it keeps any; resolves when all came, or after `handOverMs`. They come
 * once: whoever asks again, for a second attempt to start, gets those that are known by then.
 */
export function takeKeptSockets(): Promise<KeptSockets> {
  taken ??= takeOnce()
  return taken
}

async function takeOnce(): Promise<KeptSockets> {
  const announced = process.env[socketsVariable]
  if (announced === undefined || process.send === undefined) return nobodyKeeps
  const kept = new Map<string, SocketHandle>()
  const missing = Number(announced)
  if (missing > 0) await receive(kept, missing)
  return {
    outlive: true,
    kept,
    keep: (key, handle) => {
      kept.set(key, handle)
      tellParent({ type: 'socket-keep', key }, handle)
    },
    drop: (key) => {
      kept.delete(key)
      tellParent({ type: 'socket-drop', key })
    },
  }
}

function receive(kept: Map<string, SocketHandle>, count: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      process.off('message', take)
      resolve()
    }
    const timer = setTimeout(done, handOverMs)
    const take = (message: KeeperMessage, handle: unknown): void => {
      if (message.type !== 'socket-kept' || typeof handle !== 'object' || handle === null) return
      kept.set(message.key, handle)
      if (kept.size === count) done()
    }
    process.on('message', take)
  })
}
