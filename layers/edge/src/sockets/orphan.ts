import { readdirSync, rmSync } from 'node:fs'
import net from 'node:net'
import type { Server, Socket } from 'node:net'
import { join } from 'node:path'

/** Time for which a worker whose primary died serves alone, milliseconds: its decisions grow old. */
export const orphanMs = 60_000
/** Time that a worker gets to leave when a new primary asks, milliseconds: slow requests end first, and it ends itself in time. */
const leaveMs = 12_000
const order = 'leave\n'

function socketPath(dataDir: string, slot: string): string {
  return join(dataDir, `${slot}.sock`)
}

/** What a worker without a primary waits for. */
export interface OrphanOptions {
  /** `data/edge`, open to its owner only. */
  readonly dataDir: string
  readonly slot: string
  readonly forMs: number
  /** Called once: a new primary takes over, or the time is over. */
  readonly onRelief: () => void
}

/** Waits for a new primary at a Unix socket of the data folder. */
export function awaitRelief({ dataDir, slot, forMs, onRelief }: OrphanOptions): Server {
  const path = socketPath(dataDir, slot)
  let relieved = false
  const relieve = (): void => {
    if (relieved) return
    relieved = true
    clearTimeout(timer)
    rmSync(path, { force: true })
    onRelief()
  }
  const timer = setTimeout(relieve, forMs)
  rmSync(path, { force: true })
  const server = net.createServer((socket) => {
    // The connection lasts as long as this process: its end tells the new primary that the slot is free.
    socket.on('error', () => undefined)
    socket.once('data', relieve)
  })
  // Without the socket the time alone ends it.
  server.on('error', () => undefined)
  return server.listen(path)
}

/** A worker of a primary that died. */
export interface Orphan {
  readonly slot: string
  /** Asks it to finish what it does and end; resolves with false when it does not within `leaveMs`. */
  leave(): Promise<boolean>
}

function reach(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = net.connect(path)
    socket.once('connect', () => resolve(socket))
    socket.on('error', () => resolve(null))
  })
}

function orphanOf(slot: string, socket: Socket): Orphan {
  const gone = new Promise<true>((resolve) => socket.once('close', () => resolve(true)))
  socket.resume()
  let answer: Promise<boolean> | null = null
  const ask = (): Promise<boolean> => {
    if (socket.writable) socket.write(order)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), leaveMs)
      void gone.then(() => {
        clearTimeout(timer)
        resolve(true)
      })
    })
  }
  return { slot, leave: () => (answer ??= ask()) }
}

/** Workers that a dead primary left behind and that still serve. */
export async function findOrphans(dataDir: string): Promise<readonly Orphan[]> {
  const slots = readdirSync(dataDir).flatMap((name) => /^(w\d{1,3})\.sock$/.exec(name)?.[1] ?? [])
  const found = await Promise.all(
    slots.toSorted().map(async (slot) => {
      const socket = await reach(socketPath(dataDir, slot))
      if (socket !== null) return orphanOf(slot, socket)
      rmSync(socketPath(dataDir, slot), { force: true })
      return null
    }),
  )
  return found.filter((orphan) => orphan !== null)
}
