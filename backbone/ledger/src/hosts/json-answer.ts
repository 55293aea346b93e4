import type { IncomingMessage, ServerResponse } from 'node:http'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonLimits, JsonObject } from '@sevenfold/event'
import { maxEnrolBytes } from '@sevenfold/layer'
import type { Logger } from '@sevenfold/layer'
import { HostsError, statusOf } from './hosts-error.ts'

const limits: JsonLimits = { maxTextLength: maxEnrolBytes, maxDepth: 4, maxNodes: 64, maxStringLength: 8192 }
/** Limits of what a host answers to an order: its whole status. */
export const answerLimits: JsonLimits = {
  maxTextLength: 131_072,
  maxDepth: 12,
  maxNodes: 4_000,
  maxStringLength: 16_384,
}

function tooLarge(most: number): HostsError {
  return new HostsError('HOSTS_BAD_REQUEST', `the body has more than ${most} bytes`)
}

/** The body of a request as a JSON object. @throws HostsError HOSTS_BAD_REQUEST. */
export async function readJsonBody(
  request: IncomingMessage,
  within: JsonLimits = limits,
): Promise<JsonObject> {
  const most = within.maxTextLength
  if ((request.headers['content-type'] ?? '').split(';', 1)[0]?.trim() !== 'application/json')
    throw new HostsError('HOSTS_BAD_REQUEST', 'the body must be application/json')
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge(most)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > most) throw tooLarge(most)
    chunks.push(chunk)
  }
  const parsed = parseBoundedJson(Buffer.concat(chunks).toString('utf8'), within)
  if (parsed.ok && isJsonObject(parsed.value)) return parsed.value
  throw new HostsError('HOSTS_BAD_REQUEST', 'the body must be one JSON object')
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return
  const close = status >= 400 ? { connection: 'close' } : {}
  response.writeHead(status, { 'content-type': 'application/json', ...close }).end(JSON.stringify(body))
}

/** Answers with what `work` gives, or with the code of what it throws. */
export function answerJson(response: ServerResponse, work: Promise<unknown>, log: Logger): void {
  response.on('error', () => undefined) // the other side went away: nobody is left to tell
  work.then(
    (body) => send(response, 200, body),
    (error: unknown) => {
      const known = error instanceof HostsError
      if (!known || statusOf[error.code] >= 500) log.error('hosts-failed', { error })
      const code = known ? error.code : 'HOSTS_INTERNAL'
      const message = known ? error.message : 'the request failed'
      send(response, known ? statusOf[error.code] : 500, { error: { code, message } })
    },
  )
}
