import { signal } from '@preact/signals'
import type { ShownEvent } from './event.ts'

/** Events on the screen at most. */
const maxShown = 300

export const events = signal<readonly ShownEvent[]>([])
export const filter = signal('not sevenfold.kind:heartbeat')
export const isPaused = signal(false)
/** `live`, `waiting` while connecting again. */
export const tailState = signal<'live' | 'waiting'>('waiting')
export const skipped = signal(0)

let source: EventSource | null = null
let queued: ShownEvent[] = []
let frame = 0

function show(): void {
  frame = 0
  events.value = [...queued.toReversed(), ...events.value].slice(0, maxShown)
  queued = []
}

function take(text: string): void {
  if (isPaused.value) return
  try {
    queued.push(JSON.parse(text) as ShownEvent) // every member is optional and shown as text only
  } catch {
    return // a cut line of a closing stream
  }
  if (queued.length > maxShown) queued.shift()
  if (frame === 0) frame = requestAnimationFrame(show)
}

/** Follows live events that match the filter. Ends the stream before. */
export function follow(): void {
  source?.close()
  source = new EventSource(`/api/tail?query=${encodeURIComponent(filter.value)}`)
  source.addEventListener('ready', () => (tailState.value = 'live'))
  source.addEventListener('event', (message: MessageEvent<string>) => take(message.data))
  source.addEventListener(
    'skipped',
    (message: MessageEvent<string>) => (skipped.value += Number(message.data)),
  )
  source.addEventListener('error', () => (tailState.value = 'waiting'))
}

/** Applies a filter: shows stored events that match, then live ones. */
export async function applyFilter(
  text: string,
  load: (query: string) => Promise<readonly ShownEvent[]>,
): Promise<void> {
  filter.value = text
  const stored = await load(text)
  queued = []
  events.value = stored.slice(0, maxShown)
  follow()
}

export function stopFollowing(): void {
  source?.close()
  source = null
}
