import type { ChildProcess } from 'node:child_process'
import { closeHandle, sendable } from './socket-handle.ts'
import type { SocketHandle } from './socket-handle.ts'
import { keptLimit, keyLimit, socketsVariable } from './socket-message.ts'
import type { KeeperMessage } from './socket-message.ts'

function isKeeperMessage(message: unknown): message is KeeperMessage {
  if (typeof message !== 'object' || message === null || !('type' in message) || !('key' in message))
    return false
  const { type, key } = message
  return (
    (type === 'socket-keep' || type === 'socket-drop') && typeof key === 'string' && key.length <= keyLimit
  )
}

/**
 * Keeps the listening sockets of a process that it started, and hands them to the process that takes its place:
 * connections that nobody took yet wait, whatever happens to the process. One keeper for each part.
 */
export class SocketKeeper {
  readonly #handles = new Map<string, SocketHandle>()

  /** How many sockets it keeps. */
  get size(): number {
    return this.#handles.size
  }

  /** Variables for the environment of the next process. */
  get environment(): Readonly<Record<string, string>> {
    return { [socketsVariable]: String(this.size) }
  }

  /** Gives a process that was just started with `environment` all sockets, and keeps what it hands over. */
  attach(child: ChildProcess): void {
    for (const [key, handle] of this.#handles) {
      const message: KeeperMessage = { type: 'socket-kept', key }
      // A child that is gone already is noticed by its exit.
      child.send(message, sendable(handle), (_error: Error | null) => undefined)
    }
    child.on('message', (message: unknown, handle: unknown) => {
      if (isKeeperMessage(message)) this.#take(message, handle)
    })
  }

  /** Lets all sockets go: from here on nobody can connect once the process ends. */
  close(): void {
    for (const handle of this.#handles.values()) closeHandle(handle)
    this.#handles.clear()
  }

  #take({ type, key }: KeeperMessage, handle: unknown): void {
    const known = this.#handles.get(key)
    if (known !== undefined) closeHandle(known)
    this.#handles.delete(key)
    if (typeof handle !== 'object' || handle === null) return
    if (type === 'socket-keep' && this.size < keptLimit) this.#handles.set(key, handle)
    else closeHandle(handle)
  }
}
