import type { Server } from 'node:net'
import { handleOf } from './socket-handle.ts'
import type { SocketHandle } from './socket-handle.ts'
import type { SocketAnswer, SocketQuestion } from './socket-message.ts'
import { listenOn, openSocket } from './socket-source.ts'
import type { SocketPlace, SocketSource } from './socket-source.ts'

type Tell = (message: SocketQuestion, handle?: SocketHandle) => void

interface Answered {
  readonly answer: SocketAnswer
  readonly handle: SocketHandle | null
}

const retryMs = 5
/** Time in which another process leaves a place, milliseconds. */
const vacateMs = 12_000

function isTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes('EADDRINUSE')
}

/**
 * Listening sockets that all workers share, by way of the primary: every worker takes connections from the same queue,
 * so those that wait there survive the end of any process.
 */
export class SharedSockets implements SocketSource {
  private readonly tell: Tell
  private readonly waiting = new Map<string, (answered: Answered) => void>()
  private readonly places = new Map<string, number>()

  constructor(tell: Tell) {
    this.tell = tell
  }

  async listen(server: Server, place: SocketPlace): Promise<void> {
    const key = this.keyOf(place)
    const { answer, handle } = await this.ask(key, place.path)
    if (!answer.open && handle !== null) {
      await listenOn(server, handle)
      return
    }
    try {
      await open(server, place, answer.patient ? performance.now() + vacateMs : 0)
    } catch (error) {
      this.tell({ type: 'socket-failed', key })
      throw error
    }
    this.tell({ type: 'socket-opened', key }, handleOf(server))
  }

  /** Takes what the primary answers. */
  take(answer: SocketAnswer, handle: SocketHandle | null): void {
    this.waiting.get(answer.key)?.({ answer, handle })
    this.waiting.delete(answer.key)
  }

  private ask(key: string, path: string | undefined): Promise<Answered> {
    return new Promise((resolve) => {
      this.waiting.set(key, resolve)
      this.tell({ type: 'socket-ask', key, ...(path === undefined ? {} : { path }) })
    })
  }

  /** Same configuration, same order, same names: the first listener on port 0 is the same one in all workers. */
  private keyOf({ host, port, path }: SocketPlace): string {
    const place = path === undefined ? `tcp ${host} ${port}` : `unix ${path}`
    const earlier = this.places.get(place) ?? 0
    this.places.set(place, earlier + 1)
    if (earlier > 0 && port !== 0) throw new Error(`listen EADDRINUSE: ${place} is named twice`)
    if (earlier > 0 && path !== undefined) throw new Error(`listen EADDRINUSE: ${path} is named twice`)
    return earlier === 0 ? place : `${place} #${earlier}`
  }
}

async function open(server: Server, place: SocketPlace, until: number): Promise<void> {
  for (;;) {
    try {
      await openSocket(server, place)
      return
    } catch (error) {
      if (!isTaken(error) || performance.now() >= until) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}
