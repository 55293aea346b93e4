import { existsSync, rmSync } from 'node:fs'
import { closeHandle } from './socket-handle.ts'
import type { SocketHandle } from './socket-handle.ts'
import type { SocketAnswer, SocketQuestion } from './socket-message.ts'

/** A worker as the shelf knows it. */
export interface SocketUser {
  socket(answer: SocketAnswer, handle: SocketHandle | null): void
}

/** Whom the shelf tells. */
export interface ShelfOptions {
  /** Sockets that came from an earlier process. */
  readonly kept: ReadonlyMap<string, SocketHandle>
  readonly onOpened: (key: string, handle: SocketHandle) => void
  readonly onDropped: (key: string) => void
  /** A socket must be opened anew: true when other processes still hold the place and were told to leave it. */
  readonly vacate: () => boolean
}

interface Place {
  handle: SocketHandle | null
  /** Who opens it just now. */
  opener: SocketUser | null
  readonly waiting: SocketUser[]
  /** File of a Unix socket. */
  path: string | undefined
}

/** Holds the listening sockets of all workers; one worker opens a socket, the others get a share of it. */
export class SocketShelf {
  private readonly options: ShelfOptions
  private readonly places = new Map<string, Place>()
  private readonly used = new Map<SocketUser, Set<string>>()

  constructor(options: ShelfOptions) {
    this.options = options
    for (const [key, handle] of options.kept)
      this.places.set(key, { handle, opener: null, waiting: [], path: undefined })
  }

  /** Names of the sockets that are here. */
  get keys(): readonly string[] {
    return [...this.places].filter(([, { handle }]) => handle !== null).map(([key]) => key)
  }

  /** Takes what a worker says. */
  take(message: SocketQuestion, from: SocketUser, handle: SocketHandle | null): void {
    const { key } = message
    if (message.type === 'socket-ask') this.ask(key, message.path, from)
    else if (message.type === 'socket-opened' && handle !== null) this.opened(key, handle)
    else this.failed(key, from)
  }

  /** A worker is gone; what it was about to open is opened by another. */
  left(user: SocketUser): void {
    this.used.delete(user)
    for (const [key, { opener }] of this.places) if (opener === user) this.failed(key, user)
  }

  /** Lets go of sockets that no worker uses any more. */
  prune(): void {
    const used = new Set([...this.used.values()].flatMap((keys) => [...keys]))
    for (const [key, place] of this.places) {
      if (used.has(key) || place.handle === null) continue
      this.drop(key, place)
      this.options.onDropped(key)
    }
  }

  /** Closes everything and removes the files of Unix sockets. */
  close(): void {
    for (const [key, place] of this.places) this.drop(key, place)
  }

  private drop(key: string, { handle, path }: Place): void {
    this.places.delete(key)
    if (handle === null) return
    closeHandle(handle)
    if (path !== undefined) rmSync(path, { force: true })
  }

  private ask(key: string, path: string | undefined, user: SocketUser): void {
    const place = this.places.get(key) ?? { handle: null, opener: null, waiting: [], path }
    this.places.set(key, place)
    place.path = path
    const keys = this.used.get(user) ?? new Set()
    this.used.set(user, keys.add(key))
    // Without its name nobody finds a Unix socket: a new one takes its place.
    if (place.handle !== null && path !== undefined && !existsSync(path)) {
      closeHandle(place.handle)
      place.handle = null
    }
    if (place.handle !== null) user.socket({ type: 'socket', key, open: false, patient: false }, place.handle)
    else if (place.opener === null) this.letOpen(key, place, user)
    else place.waiting.push(user)
  }

  private letOpen(key: string, place: Place, user: SocketUser): void {
    place.opener = user
    user.socket({ type: 'socket', key, open: true, patient: this.options.vacate() }, null)
  }

  private opened(key: string, handle: SocketHandle): void {
    const place = this.places.get(key)
    if (place === undefined) {
      closeHandle(handle)
      return
    }
    place.handle = handle
    place.opener = null
    for (const user of place.waiting.splice(0))
      user.socket({ type: 'socket', key, open: false, patient: false }, handle)
    this.options.onOpened(key, handle)
  }

  private failed(key: string, user: SocketUser): void {
    const place = this.places.get(key)
    if (place === undefined || place.opener !== user) return
    place.opener = null
    const next = place.waiting.shift()
    if (next !== undefined) this.letOpen(key, place, next)
  }
}
