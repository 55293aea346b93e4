import type { IncomingMessage, ServerResponse } from 'node:http'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import type { Logger } from '@sevenfold/layer'
import { AlertsError } from '../alerts-error.ts'
import type { AlertsErrorCode } from '../alerts-error.ts'

/** A question or an order. */
export interface ApiCall {
  readonly method: string
  /** Segments of the path after `/v1`. */
  readonly path: readonly string[]
  readonly query: URLSearchParams
  /** Empty for a question. */
  readonly body: JsonObject
}

/** Answers a call; undefined when the path is not its own. */
export type ApiRoute = (call: ApiCall) => unknown

/** Largest body, in bytes. */
export const maxBodyBytes = 65_536
/** Longest text of one member of a body. */
export const maxTextLength = 2_000

const bodyLimits = { maxTextLength: maxBodyBytes, maxDepth: 8, maxNodes: 2_000, maxStringLength: 16_384 }

const statusOf: Readonly<Record<AlertsErrorCode, number>> = {
  ALERTS_BAD_REQUEST: 400,
  ALERTS_NOT_FOUND: 404,
  ALERTS_CONFLICT: 409,
  ALERTS_RULES: 400,
  ALERTS_PLAYBOOK: 400,
  ALERTS_REFUSED: 409,
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return
  const text = JSON.stringify(body)
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
    })
    .end(text)
}

async function readBody(request: IncomingMessage): Promise<JsonObject> {
  let text = ''
  request.setEncoding('utf8')
  for await (const chunk of request as AsyncIterable<string>) {
    text += chunk
    if (text.length > maxBodyBytes) throw new AlertsError('ALERTS_BAD_REQUEST', 'the body is too large')
  }
  if (text === '') return {}
  const parsed = parseBoundedJson(text, bodyLimits)
  if (!parsed.ok || !isJsonObject(parsed.value))
    throw new AlertsError('ALERTS_BAD_REQUEST', 'the body is no JSON object')
  return parsed.value
}

function urlOf(request: IncomingMessage): URL {
  const target = request.url ?? '/'
  if (target.startsWith('/') && URL.canParse(target, 'http://localhost'))
    return new URL(target, 'http://localhost')
  throw new AlertsError('ALERTS_BAD_REQUEST', 'malformed path')
}

async function answer(request: IncomingMessage, routes: readonly ApiRoute[]): Promise<unknown> {
  const url = urlOf(request)
  const [version, ...path] = url.pathname.split('/').filter((segment) => segment !== '')
  const method = request.method ?? 'GET'
  const body = method === 'GET' ? {} : await readBody(request)
  if (version === 'v1') {
    for (const route of routes) {
      const result = await route({ method, path, query: url.searchParams, body })
      if (result !== undefined) return result
    }
  }
  throw new AlertsError('ALERTS_NOT_FOUND', 'no such endpoint')
}

/** A node:http listener over routes. The socket's folder is the credential. Never throws. */
export function createApi(
  routes: readonly ApiRoute[],
  log: Logger,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    response.on('error', () => undefined) // the client went away
    answer(request, routes).then(
      (result) => send(response, 200, result),
      (error: unknown) => {
        if (error instanceof AlertsError) {
          send(response, statusOf[error.code], { error: { code: error.code, message: error.message } })
          return
        }
        log.error('api-failed', { error })
        send(response, 500, { error: { code: 'ALERTS_INTERNAL', message: 'the request failed' } })
      },
    )
  }
}

/** A text that a body must have. @throws AlertsError ALERTS_BAD_REQUEST. */
export function requiredText(body: JsonObject, key: string, most: number = maxTextLength): string {
  const value = body[key]
  if (typeof value === 'string' && value.trim() !== '' && value.length <= most) return value
  throw new AlertsError('ALERTS_BAD_REQUEST', `${key} must be a text of at most ${most} characters`)
}
