import { InspectionPace } from './inspection-pace.ts'

/** One slice of an inspection; gives true when it wants another. */
export type InspectionSlice = () => boolean

/** What the queue needs of its surroundings. */
export interface QueueSurroundings {
  readonly monotonicMs: () => number
  /** CPU time of this process, milliseconds: what other processes took is nobody's work here. */
  readonly cpuMs: () => number
  /** Runs something once what came in meanwhile was served. */
  readonly soon: (run: () => void) => void
  readonly after: (ms: number, run: () => void) => void
}

interface Client {
  readonly name: string
  /** Calls that begin a stage of a request: before the slices, so that short requests of a shared address get through. */
  readonly first: InspectionSlice[]
  /** Inspections that go on; the first of them until it is through, so that the others hold nothing but their place. */
  readonly long: InspectionSlice[]
  /** Whether it stands in a line, or its rest runs. */
  place: 'none' | 'line' | 'rest'
  /** Number of its rest: one that was cut short must not end the next. */
  rests: number
}

/** A slice that took less was hardly interrupted: asking for the CPU time costs more than it would tell. */
const shortSliceMs = 4
/** Age of a reading of the CPU time from which another is taken before a slice. */
const readingMs = 4

/** So many turns of clients that owe nothing come before one of the heavy ones. */
const lightTurns = 3

/**
 * The order of long inspections in one worker: one slice at a time, and what came in meanwhile is served in between.
 * Clients take turns, whatever the number of their requests; those that owe nothing go first; a heavy one rests after
 * each slice of a long one, and has one long inspection at work while its others wait.
 */
export class InspectionQueue {
  private readonly pace = new InspectionPace()
  private readonly surroundings: QueueSurroundings
  private readonly clients = new Map<string, Client>()
  private readonly light: Client[] = []
  private readonly heavy: Client[] = []
  private scheduled = false
  private turns = 0
  private size = 0
  private reading = { cpuMs: 0, atMs: Number.NEGATIVE_INFINITY }

  constructor(surroundings: QueueSurroundings = realSurroundings) {
    this.surroundings = surroundings
  }

  /** Slices that wait behind another of the same client. */
  get heldBack(): number {
    return this.size - this.clients.size
  }

  /** Whether the client used up what is free: even the beginning of its next work has to be queued. */
  isHeavy(client: string): boolean {
    return this.pace.isHeavy(client, this.surroundings.monotonicMs())
  }

  /** True when most of the recent work was made for heavy clients, and the given one is none of them. */
  spares(client: string): boolean {
    const now = this.surroundings.monotonicMs()
    return this.pace.heavyShare(now) > 0.5 && !this.pace.isHeavy(client, now)
  }

  /** Charges work that was done at once. @param owes false for a call that needed no further slice. */
  charge(client: string, workMs: number, owes = true): void {
    this.pace.charge(client, workMs, this.surroundings.monotonicMs(), owes)
  }

  /** Queues a slice. @param begins whether it begins a stage of a request, and does not go on with one. */
  add(name: string, slice: InspectionSlice, begins = false): void {
    let client = this.clients.get(name)
    if (client === undefined) {
      client = { name, first: [], long: [], place: 'none', rests: 0 }
      this.clients.set(name, client)
    }
    ;(begins ? client.first : client.long).push(slice)
    this.size += 1
    this.place(client)
  }

  private place(client: Client): void {
    const begins = client.first.length > 0
    if (client.place === 'line' || (client.place === 'rest' && !begins)) return
    const now = this.surroundings.monotonicMs()
    // Only what is long rests: behind one address may be many clients with short requests.
    const restMs = begins ? 0 : this.pace.restMs(client.name, now)
    if (restMs >= 1) {
      client.place = 'rest'
      const rest = ++client.rests
      this.surroundings.after(restMs, () => {
        if (client.place === 'rest' && client.rests === rest) this.line(client, this.heavy)
      })
      return
    }
    this.line(client, this.pace.isHeavy(client.name, now) ? this.heavy : this.light)
  }

  private line(client: Client, line: Client[]): void {
    client.place = 'line'
    line.push(client)
    this.schedule()
  }

  private schedule(): void {
    if (this.scheduled || this.light.length + this.heavy.length === 0) return
    this.scheduled = true
    this.surroundings.soon(this.turn)
  }

  private readonly turn = (): void => {
    this.scheduled = false
    this.turns += 1
    const lightFirst = this.heavy.length === 0 || this.turns % (lightTurns + 1) !== 0
    const client = (lightFirst ? this.light.shift() : undefined) ?? this.heavy.shift() ?? this.light.shift()
    if (client === undefined) return
    client.place = 'none'
    try {
      this.run(client)
    } finally {
      // Whatever a slice throws, nobody else's turn may be lost.
      if (client.first.length + client.long.length > 0) this.place(client)
      else this.clients.delete(client.name)
      this.schedule()
    }
  }

  /** What of the time of a slice was its own work, milliseconds. */
  private workMs(started: number, ended: number): number {
    const tookMs = ended - started
    if (tookMs < shortSliceMs) return tookMs
    const before = this.reading.cpuMs
    this.read(ended)
    return Math.min(tookMs, this.reading.cpuMs - before)
  }

  private read(atMs: number): void {
    this.reading = { cpuMs: this.surroundings.cpuMs(), atMs }
  }

  private run(client: Client): void {
    const { monotonicMs } = this.surroundings
    const begins = client.first.length > 0
    const slice = begins ? client.first.shift() : client.long.shift()
    if (slice === undefined) return
    this.size -= 1
    const started = monotonicMs()
    if (started - this.reading.atMs >= readingMs) this.read(started)
    let more = false
    try {
      more = slice()
    } finally {
      const ended = monotonicMs()
      this.pace.charge(client.name, this.workMs(started, ended), ended, more || !begins)
    }
    if (!more) return
    if (begins) client.long.push(slice)
    else client.long.unshift(slice)
    this.size += 1
  }
}

const realSurroundings: QueueSurroundings = {
  monotonicMs: () => performance.now(),
  cpuMs: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
  soon: (run) => void setImmediate(run),
  after: (ms, run) => void setTimeout(run, ms),
}
