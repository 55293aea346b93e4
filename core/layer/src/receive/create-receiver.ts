import type { IncomingMessage, ServerResponse } from 'node:http'
import { batchLimits, batchPath, decodeBatchHeaders, escapeText } from '@sevenfold/event'
import type { BatchHeaders } from '@sevenfold/event'
import type { Clock } from '../clock/clock.ts'
import { mayWriteAs } from '../keys/registry.ts'
import type { RegisteredAgent, Registry } from '../keys/registry.ts'
import type { Logger } from '../log/logger.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { afterGapHeader } from '../ship/batch-request.ts'
import { acceptBatch, isAuthentic } from './accept-batch.ts'
import { problem } from './answer.ts'
import type { Answer } from './answer.ts'
import { acceptHeartbeat, maxHeartbeatBytes } from './accept-heartbeat.ts'
import { createAgents, restorePosition } from './agents.ts'
import { heartbeatPath } from './heartbeat-path.ts'
import { createIncidentLimiter } from './incident-limiter.ts'
import { incidentKinds } from './incident-kinds.ts'
import { openJournal } from './journal.ts'
import { checkHost } from './check-host.ts'
import { createLanes } from './lanes.ts'
import type { Lanes } from './lanes.ts'
import { agentHeader, leasePath } from './lease-path.ts'
import { checkLease, maxLeaseBytes, takeLease } from './leases.ts'
import { readBody } from './read-body.ts'
import type { ReceiverCore } from './receiver-core.ts'
import type {
  AcceptedHeartbeat,
  Incident,
  LanePosition,
  ReceivedBatch,
  RequestHandler,
} from './receiver-types.ts'

/** Requests worked on at the same time; more get 429. Bounds memory: each may hold a whole batch. */
export const maxConcurrentRequests = 32

/** What a receiver needs. */
export interface ReceiverOptions {
  readonly registry: Registry
  /** Folder for its positions alone, for example `data/ledger/receiver`. */
  readonly folder: string
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  /** Makes the batch durable; the sender is told that we have it when the promise resolves. A rejection is answered with 503. */
  readonly onBatch: (batch: ReceivedBatch) => Promise<void>
  readonly onHeartbeat?: (heartbeat: AcceptedHeartbeat) => void
  /** Newest checkpoint of the receiver's log, for the answers to heartbeats. */
  readonly checkpoint?: () => string
  /** Gets incidents, at most 20 a minute of one kind and writer; all are counted. */
  readonly onIncident?: (incident: Incident) => void
  /** Positions that the store itself remembers, newer than ours after a crash between its write and ours. */
  readonly recovered?: Iterable<LanePosition>
}

/** Takes batches and heartbeats of registered writers. */
export interface Receiver {
  /** Listener for `POST /v1/batches` and `POST /v1/heartbeats`; answers 404 to anything else. */
  readonly handle: RequestHandler
  /** True when the request is one of ours, for servers with more endpoints. */
  owns(request: IncomingMessage): boolean
  /** True when a request of another host comes from the process that holds the lease of the writer it names. */
  holdsLease(request: IncomingMessage): boolean
  /** Where every lane stands. */
  positions(): LanePosition[]
  /** Waits for what is under way and closes its files. The server is the caller's to close first. */
  close(): Promise<void>
}

function send(response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return
  const text = JSON.stringify(answer.body)
  const retry =
    answer.retryAfterSeconds === undefined ? {} : { 'retry-after': String(answer.retryAfterSeconds) }
  // After a refusal the rest of a body is not worth reading: the connection ends with the answer.
  const close = answer.status >= 400 && answer.status !== 409 ? { connection: 'close' } : {}
  response.writeHead(answer.status, { 'content-type': 'application/json', ...retry, ...close }).end(text)
}

const busy: Answer = { ...problem(429, 'RECEIVE_BUSY', 'too many requests at once'), retryAfterSeconds: 1 }

function hasType(request: IncomingMessage, type: string): boolean {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim() === type
}

function bodyProblem(kind: 'too-large' | 'too-slow' | 'gone'): Answer {
  if (kind === 'too-large') return problem(413, 'RECEIVE_TOO_LARGE', 'the body is too large')
  return problem(408, 'RECEIVE_TOO_SLOW', 'the body did not arrive in time')
}

/** Headers and key, before a byte of the body is read. */
function findOwner(core: ReceiverCore, headers: BatchHeaders): RegisteredAgent | Answer {
  const owner = core.registry.find(headers.key)
  if (owner === undefined) {
    core.report({
      kind: 'unknown-key',
      agent: '',
      message: `batch with key ${headers.key} as ${headers.agent}`,
    })
    return problem(401, 'RECEIVE_UNKNOWN_KEY', 'the key is not registered here')
  }
  if (mayWriteAs(owner, headers.agent)) return owner
  core.report({ kind: 'foreign-agent', agent: '', message: `${owner.part} speaks as ${headers.agent}` })
  return problem(403, 'RECEIVE_FOREIGN_AGENT', 'the key belongs to other writers')
}

function afterGapOf(request: IncomingMessage): string | undefined {
  const value = request.headers[afterGapHeader]
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? value : undefined
}

async function takeBatch(core: ReceiverCore, lanes: Lanes, request: IncomingMessage): Promise<Answer> {
  if (!hasType(request, 'application/x-ndjson') || request.headers['content-encoding'] !== 'gzip')
    return problem(415, 'RECEIVE_MEDIA_TYPE', 'a batch is application/x-ndjson in gzip')
  const headers = decodeBatchHeaders(request.headers)
  if (!headers.ok) return problem(400, 'RECEIVE_BAD_HEADERS', headers.message)
  const owner = findOwner(core, headers.value)
  if ('status' in owner) return owner
  const foreign = checkHost(core, owner, request) ?? checkLease(core.agents.get(headers.value.agent), request)
  if (foreign !== undefined) return foreign
  const read = await readBody(request, batchLimits.maxCompressedBytes, core.clock)
  if (read.kind !== 'body') return bodyProblem(read.kind)
  const batch = { headers: headers.value, owner, body: read.bytes, afterGap: afterGapOf(request) }
  if (!isAuthentic(batch)) {
    core.report({
      kind: 'bad-signature',
      agent: '',
      message: `batch as ${headers.value.agent}: the signature does not hold`,
    })
    return problem(401, 'RECEIVE_BAD_SIGNATURE', 'the signature does not hold')
  }
  return lanes.run(headers.value.agent, () => acceptBatch(core, batch))
}

async function takeHeartbeat(core: ReceiverCore, lanes: Lanes, request: IncomingMessage): Promise<Answer> {
  if (!hasType(request, 'application/json'))
    return problem(415, 'RECEIVE_MEDIA_TYPE', 'a heartbeat is application/json')
  const read = await readBody(request, maxHeartbeatBytes, core.clock)
  if (read.kind !== 'body') return bodyProblem(read.kind)
  const text = Buffer.from(read.bytes).toString('utf8')
  return lanes.run('heartbeats', () => acceptHeartbeat(core, text, request))
}

async function takeLeaseOf(core: ReceiverCore, lanes: Lanes, request: IncomingMessage): Promise<Answer> {
  if (!hasType(request, 'application/json'))
    return problem(415, 'RECEIVE_MEDIA_TYPE', 'a lease is application/json')
  const read = await readBody(request, maxLeaseBytes, core.clock)
  if (read.kind !== 'body') return bodyProblem(read.kind)
  const text = Buffer.from(read.bytes).toString('utf8')
  return lanes.run('leases', () => takeLease(core, request, text))
}

function createCore(options: ReceiverOptions): ReceiverCore {
  const { metrics, log } = options
  const agents = createAgents()
  const journal = openJournal(options.folder, agents, options.clock.monotonicMs())
  for (const position of options.recovered ?? []) restorePosition(agents, position)
  const incidents = metrics.counter('sevenfold_receive_incidents_total', 'Incidents, by kind', {
    kind: incidentKinds,
  })
  const admit = createIncidentLimiter(options.clock)
  return {
    registry: options.registry,
    agents,
    journal,
    clock: options.clock,
    log,
    onBatch: options.onBatch,
    onHeartbeat: options.onHeartbeat ?? (() => undefined),
    checkpoint: options.checkpoint ?? (() => ''),
    metrics: {
      events: metrics.counter('sevenfold_receive_events_total', 'Events taken', { lane: ['high', 'low'] }),
      duplicates: metrics.counter('sevenfold_receive_duplicates_total', 'Events that were already here'),
      refusedEvents: metrics.counter(
        'sevenfold_receive_refused_events_total',
        'Events that are not what they must be',
      ),
      answers: metrics.counter('sevenfold_receive_answers_total', 'Answers, by status', {
        status: ['200', '400', '401', '403', '404', '405', '408', '409', '413', '415', '422', '429', '503'],
      }),
      incidents,
    },
    report: (incident) => {
      incidents.inc(1, { kind: incident.kind })
      if (!admit(incident)) return
      log.warn(`receive-${incident.kind}`, { ...incident })
      options.onIncident?.({ ...incident, message: escapeText(incident.message, 300) })
    },
  }
}

const paths: ReadonlySet<string> = new Set([batchPath, heartbeatPath, leasePath])

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? ''
}

function positionsOf(core: ReceiverCore): LanePosition[] {
  return [...core.agents.all()].flatMap((agent) =>
    [...agent.epochs.values()].flatMap((epoch) =>
      [epoch.lanes.high, epoch.lanes.low].map(({ lane, sequence, hash }) => ({
        agent: agent.id,
        epoch: epoch.id,
        lane,
        sequence,
        hash,
      })),
    ),
  )
}

async function route(core: ReceiverCore, lanes: Lanes, request: IncomingMessage): Promise<Answer> {
  const path = pathOf(request)
  if (!paths.has(path)) return problem(404, 'RECEIVE_NOT_FOUND', 'no such endpoint')
  if (request.method !== 'POST') return problem(405, 'RECEIVE_METHOD', 'use POST')
  try {
    if (path === leasePath) return await takeLeaseOf(core, lanes, request)
    return path === batchPath
      ? await takeBatch(core, lanes, request)
      : await takeHeartbeat(core, lanes, request)
  } catch (error) {
    core.log.error('receive-failed', { error })
    return { ...problem(503, 'RECEIVE_UNAVAILABLE', 'the events could not be stored'), retryAfterSeconds: 1 }
  }
}

/** Opens a receiver. Throws what the file system throws; LayerError LAYER_DATA_UNUSABLE. */
export function createReceiver(options: ReceiverOptions): Receiver {
  const core = createCore(options)
  const lanes = createLanes()
  const running = new Set<Promise<Answer>>()
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const work = running.size >= maxConcurrentRequests ? Promise.resolve(busy) : route(core, lanes, request)
    running.add(work)
    const answer = await work // `route` never rejects
    running.delete(work)
    core.metrics.answers.inc(1, { status: String(answer.status) })
    send(response, answer)
    request.resume()
  }
  const handle: RequestHandler = (request, response) => {
    response.on('error', () => undefined) // the sender went away; it resumes by sequence
    void respond(request, response)
  }
  return {
    handle,
    owns: (request) => paths.has(pathOf(request)),
    holdsLease: (request) => {
      const agent = request.headers[agentHeader]
      return typeof agent === 'string' && checkLease(core.agents.get(agent), request) === undefined
    },
    positions: () => positionsOf(core),
    close: async () => {
      await Promise.all(running)
      await core.journal.close()
    },
  }
}
