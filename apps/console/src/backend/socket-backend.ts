import { join } from 'node:path'
import { isPartName } from '@sevenfold/event'
import type { Decision, Json } from '@sevenfold/event'
import { BackendError } from './backend.ts'
import type { Backend, EventQuery } from './backend.ts'
import { callControl } from './control-client.ts'
import { createEventStreamReader } from './server-sent-events.ts'
import { askSocket, openAnswer } from './socket-json.ts'

function queryText(query: EventQuery): string {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (typeof value === 'string' && value !== '') parameters.set(key, value)
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}

function asDecisions(answer: Json): readonly Decision[] {
  return Array.isArray(answer) ? answer : []
}

/** The parts of this machine, behind the sockets of the data folder. */
export function createSocketBackend(dataDir: string): Backend {
  const collector = join(dataDir, 'collector', 'api.sock')
  const detection = join(dataDir, 'detection', 'api.sock')
  const ask = (path: string): Promise<Json> => askSocket({ socketPath: collector, method: 'GET', path })
  return {
    status: () => ask('/v1/status'),
    events: (query) => ask(`/v1/events${queryText(query)}`),
    request: (id) => ask(`/v1/requests/${encodeURIComponent(id)}`),
    histogram: (query) => ask(`/v1/histogram${queryText(query)}`),
    tail: async (query, onLine, signal) => {
      const answer = await openAnswer(
        { socketPath: collector, method: 'GET', path: `/v1/tail${queryText({ query })}` },
        signal,
      )
      if (answer.statusCode !== 200)
        throw new BackendError('BACKEND_REFUSED', 'the collector refused the live tail', 400)
      answer.setTimeout(0)
      answer.setEncoding('utf8')
      const read = createEventStreamReader(onLine)
      for await (const chunk of answer as AsyncIterable<string>) read(chunk)
    },
    decisions: async () =>
      asDecisions(await askSocket({ socketPath: detection, method: 'GET', path: '/v1/decisions' })),
    unban: async (id, reason, actor) => {
      await askSocket({
        socketPath: detection,
        method: 'DELETE',
        path: `/v1/decisions/${id}`,
        body: { reason, actor },
      })
    },
    setMode: async ({ part, ...change }) => {
      if (!isPartName(part)) throw new BackendError('BACKEND_REFUSED', `no part is called ${part}`, 404)
      await callControl(join(dataDir, part, 'control.sock'), { op: 'mode', ...change })
    },
  }
}
