/** A request that was not as the document says, as its block event tells it. */
export interface DriftEvent {
  readonly rule: string
  readonly message: string
  readonly method: string
  readonly path: string
  /** ISO 8601. */
  readonly time: string
  /** Repeats that the event stands for. */
  readonly count: number
  readonly client: string
}

/** One way in which traffic and document differ. */
export interface Drift {
  readonly rule: string
  readonly method: string
  /** Path with numbers and ids written as `{}`. */
  readonly path: string
  readonly message: string
  readonly count: number
  readonly clients: number
  readonly first: string
  readonly last: string
}

/** Most ways that are told apart. */
export const maxDrifts = 5000

const idSegment = /^(?:\d+|[0-9a-f]{16,64}|[0-9a-f]{8}-[0-9a-f-]{27})$/i

function generalised(path: string): string {
  return path
    .split('/')
    .map((segment) => (idSegment.test(segment) ? '{}' : segment))
    .join('/')
}

interface Growing {
  readonly drift: Omit<Drift, 'count' | 'clients' | 'first' | 'last'>
  readonly clients: Set<string>
  count: number
  first: string
  last: string
}

/** Adds up where traffic and document differ; what many clients do is more likely a gap in the document than an attack. */
export class DriftReport {
  private readonly ways = new Map<string, Growing>()

  add(event: DriftEvent): void {
    const path = generalised(event.path)
    const key = `${event.rule} ${event.method} ${path} ${event.message}`
    let way = this.ways.get(key)
    if (way === undefined) {
      if (this.ways.size >= maxDrifts) return
      const { rule, method, message, time } = event
      way = { drift: { rule, method, path, message }, clients: new Set(), count: 0, first: time, last: time }
      this.ways.set(key, way)
    }
    way.count += event.count
    if (way.clients.size < 1000) way.clients.add(event.client)
    if (event.time < way.first) way.first = event.time
    if (event.time > way.last) way.last = event.time
  }

  /** Most clients first. */
  list(): readonly Drift[] {
    return Array.from(this.ways.values(), ({ drift, clients, count, first, last }) => ({
      ...drift,
      count,
      clients: clients.size,
      first,
      last,
    })).toSorted((a, b) => b.clients - a.clients || b.count - a.count)
  }
}
