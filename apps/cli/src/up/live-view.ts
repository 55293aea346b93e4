import { join } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { eventStream } from '../talk/event-stream.ts'
import { openAnswer } from '../talk/ask-socket.ts'
import { fieldText } from '../place/field-text.ts'
import type { Io } from '../program/io.ts'
import { eventLine, palette } from './event-line.ts'

/** Lines of one second; the rest is counted, so that a flood cannot scroll away what matters. */
export const maxLinesPerSecond = 40
const reconnectMs = 500
const eventLimits = { maxTextLength: 1_048_576, maxDepth: 16, maxNodes: 20_000, maxStringLength: 100_000 }

/** Kinds that the live view leaves out: every part sends a heartbeat every ten seconds. */
const quiet = new Set(['heartbeat', 'epoch'])

/** Blocked requests remembered, so that their access events are not shown besides. */
const rememberedBlocks = 1000

/** Tells which events are worth a line: no heartbeats, and one line for a blocked request. */
export function createSelection(): (event: JsonObject) => boolean {
  const blocked = new Set<string>()
  return (event) => {
    const kind = fieldText(event, 'sevenfold.kind') ?? ''
    const id = fieldText(event, 'http.request.id')
    if (id === undefined) return !quiet.has(kind)
    if (kind === 'access') return !blocked.has(id)
    if (kind !== 'block') return true
    blocked.add(id)
    const [oldest] = blocked
    if (blocked.size > rememberedBlocks && oldest !== undefined) blocked.delete(oldest)
    return true
  }
}

/** Prints at most `maxLinesPerSecond` lines a second and says how many it left out. */
export function createThrottle(print: (line: string) => void, now: () => number): (line: string) => void {
  let second = 0
  let printed = 0
  let left = 0
  return (line) => {
    const current = Math.floor(now() / 1000)
    if (current !== second) {
      if (left > 0) print(`… and ${left} more events`)
      second = current
      printed = 0
      left = 0
    }
    printed += 1
    if (printed <= maxLinesPerSecond) print(line)
    else left += 1
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })
}

/** Events of the collector's live tail, as JSON; ends when the stream does. @throws when nobody answers. */
export async function* tailEvents(
  dataDir: string,
  query: string,
  signal: AbortSignal,
): AsyncGenerator<JsonObject, void> {
  const path = `/v1/tail${query === '' ? '' : `?query=${encodeURIComponent(query)}`}`
  const answer = await openAnswer({
    socketPath: join(dataDir, 'collector', 'api.sock'),
    part: 'the collector',
    path,
    signal,
  })
  if (answer.statusCode !== 200)
    throw new Error(`the live tail answered with status ${answer.statusCode ?? 0}`)
  for await (const data of eventStream(answer)) {
    const parsed = parseBoundedJson(data, eventLimits)
    if (parsed.ok && isJsonObject(parsed.value)) yield parsed.value
  }
}

/** Prints every event as one line until `signal` aborts. A collector that goes away comes back; the view waits for it. */
export async function showLive(dataDir: string, io: Io, signal: AbortSignal): Promise<void> {
  const colours = palette(io.colours)
  const print = createThrottle(io.out, Date.now)
  const isShown = createSelection()
  while (!signal.aborted) {
    try {
      for await (const event of tailEvents(dataDir, '', signal))
        if (isShown(event)) print(eventLine(event, colours))
    } catch {
      // The collector is down or starts again; its death is reported by whoever watches it.
    }
    await pause(reconnectMs, signal)
  }
}
