import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DetectionConfig } from '@sevenfold/config'
import { HostDoor, hostOf } from '@sevenfold/layer'
import type { PartContext, Receiver } from '@sevenfold/layer'
import type { LiveStream } from '../api/live-stream.ts'

type Context = PartContext<DetectionConfig>

/** What hosts reach here. */
export interface BehindTheDoor {
  readonly receiver: () => Receiver
  readonly live: LiveStream
}

/** Layers that enforce decisions and may read all of them. */
const readers: ReadonlySet<string> = new Set(['edge', 'runtime', 'network'])

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json', connection: 'close' })
    .end(JSON.stringify({ error: { code, message } }))
}

function openStream(
  { receiver, live }: BehindTheDoor,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.on('error', () => undefined) // the host went away; it comes back and takes a snapshot
  if (!readers.has(hostOf(request)?.layer ?? ''))
    refuse(response, 403, 'DETECTION_FOREIGN', 'this layer does not enforce decisions')
  else if (!receiver().holdsLease(request))
    refuse(response, 409, 'RECEIVE_LEASE', 'take the lease of this writer first')
  else if (!live.open(response)) refuse(response, 503, 'DETECTION_BUSY', 'too many listeners')
}

/**
 * The door for enrolled hosts: their events in, decisions out, and nothing else of the Local API. Undefined when the
 * configuration names no address for it.
 */
export function openHostDoor(context: Context, behind: BehindTheDoor): HostDoor | undefined {
  const { config, rootDir, dataDir, clock, log, metrics, events } = context
  if (config.hosts === undefined) return undefined
  return new HostDoor({
    part: 'detection',
    rootDir,
    dataDir,
    listen: config.hosts.listen,
    handle: (request, response) => {
      const path = (request.url ?? '').split('?', 1)[0]
      if (behind.receiver().owns(request)) behind.receiver().handle(request, response)
      else if (request.method === 'GET' && path === '/v1/decisions/live')
        openStream(behind, request, response)
      else refuse(response, 404, 'DETECTION_NOT_FOUND', 'no such endpoint')
    },
    onRefused: (why, { identity }) =>
      context.emit(
        events.notice(
          `host-${why}`,
          `${identity.layer} on ${identity.host} came with a certificate that is ${why}`,
          70,
        ),
      ),
    clock,
    log,
    metrics,
  })
}
