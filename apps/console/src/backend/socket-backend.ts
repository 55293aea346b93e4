import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isJsonObject, isPartName } from '@sevenfold/event'
import type { Decision, Json } from '@sevenfold/event'
import { BackendError } from './backend.ts'
import type { Backend, EventQuery, HealthWord } from './backend.ts'
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

/** Most decisions that the console asks for; the command lists them all. */
export const maxDecisions = 500

function asDecisions(answer: Json): readonly Decision[] {
  return Array.isArray(answer) ? answer : []
}

function healthOf(status: Json): HealthWord {
  const word = isJsonObject(status) ? status : {}
  const { time, ledger, root, trouble } = word
  return {
    ok: trouble === null,
    time: typeof time === 'string' ? time : '',
    size: typeof ledger === 'number' ? ledger : 0,
    root: typeof root === 'string' ? root : '',
  }
}

async function readDepends(dataDir: string): Promise<Json> {
  try {
    return JSON.parse(await readFile(join(dataDir, 'supervisor', 'depends.json'), 'utf8')) as Json // our own file
  } catch {
    return null // not looked at yet, or started by something else than `up`
  }
}

/** The parts of this machine, behind the sockets of the data folder. */
export function createSocketBackend(dataDir: string): Backend {
  const collector = join(dataDir, 'collector', 'api.sock')
  const detection = join(dataDir, 'detection', 'api.sock')
  const alerts = join(dataDir, 'alerts', 'api.sock')
  const askAlerts = (path: string): Promise<Json> => askSocket({ socketPath: alerts, method: 'GET', path })
  const tellAlerts = (path: string, body: Json): Promise<Json> =>
    askSocket({ socketPath: alerts, method: 'POST', path, body })
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
      asDecisions(
        await askSocket({
          socketPath: detection,
          method: 'GET',
          path: `/v1/decisions?limit=${maxDecisions}`,
        }),
      ),
    unban: async (id, reason, actor) => {
      await askSocket({
        socketPath: detection,
        method: 'DELETE',
        path: `/v1/decisions/${id}`,
        body: { reason, actor },
      })
    },
    incidents: (state) => askAlerts(`/v1/incidents?state=${encodeURIComponent(state)}`),
    incident: (id) => askAlerts(`/v1/incidents/${encodeURIComponent(id)}`),
    giveVerdict: (id, verdict) => tellAlerts(`/v1/incidents/${encodeURIComponent(id)}/verdict`, verdict),
    runs: () => askAlerts('/v1/runs'),
    decideRun: (id, act, actor) => tellAlerts(`/v1/runs/${encodeURIComponent(id)}/${act}`, { actor }),
    load: () => askAlerts('/v1/load'),
    hosts: async () => {
      const socketPath = join(dataDir, 'ledger', 'hosts.sock')
      return existsSync(socketPath) ? await askSocket({ socketPath, method: 'GET', path: '/v1/hosts' }) : null
    },
    silences: () => askAlerts('/v1/silences'),
    planSilence: (plan) => tellAlerts('/v1/silences', plan),
    endSilence: (id, actor) =>
      askSocket({ socketPath: alerts, method: 'DELETE', path: `/v1/silences/${id}`, body: { actor } }),
    depends: () => readDepends(dataDir),
    health: async () => healthOf(await askAlerts('/v1/status')),
    setMode: async ({ part, ...change }) => {
      if (!isPartName(part)) throw new BackendError('BACKEND_REFUSED', `no part is called ${part}`, 404)
      await callControl(join(dataDir, part, 'control.sock'), { op: 'mode', ...change })
    },
  }
}
