import { streamSSE } from 'hono/streaming'
import { refuse } from '../console-routes.ts'
import type { ConsoleRoutes } from '../console-routes.ts'
import { maxFilterLength } from './questions.ts'

/** Live views at once, over all sessions. */
export const maxTails = 32
/** Events that a slow reader may lag behind before older ones are skipped; it is told how many. */
export const maxTailBacklog = 500

/** Live events, as server-sent events. A slow reader never holds up anything: it loses events and is told so. */
export function addTail({ app, services }: ConsoleRoutes): void {
  let open = 0
  app.get('/api/tail', (c) => {
    const query = c.req.query('query') ?? ''
    if (query.length > maxFilterLength) return refuse(c, 400, 'QUERY_TOO_LONG')
    if (open >= maxTails) return refuse(c, 503, 'TAIL_TOO_MANY')
    open += 1
    return streamSSE(c, async (stream) => {
      const abort = new AbortController()
      stream.onAbort(() => abort.abort())
      const backlog: string[] = []
      let skipped = 0
      let wake: () => void = () => undefined
      const reading = services.backend
        .tail(
          query,
          (line) => {
            if (backlog.length >= maxTailBacklog) skipped += 1
            else backlog.push(line)
            wake()
          },
          abort.signal,
        )
        .catch(() => undefined) // the end of the stream tells the page, which connects again
        .finally(() => {
          abort.abort()
          wake()
        })
      try {
        await stream.writeSSE({ event: 'ready', data: '{}' })
        while (!abort.signal.aborted || backlog.length > 0) {
          const data = backlog.shift()
          if (data !== undefined) await stream.writeSSE({ event: 'event', data })
          else if (skipped > 0) {
            await stream.writeSSE({ event: 'skipped', data: String(skipped) })
            skipped = 0
          } else {
            await new Promise<void>((resolve) => {
              wake = resolve
            })
          }
          if (stream.aborted) break
        }
      } finally {
        open -= 1
        abort.abort()
        await reading
      }
    })
  })
}
