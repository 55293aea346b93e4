import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HeartbeatBody } from '@sevenfold/event'
import { listenOnSocket } from '../files/listen-on-socket.ts'
import { signHeartbeat } from '../heartbeat/sign-heartbeat.ts'
import type { PartKeys } from '../keys/keys.ts'
import type { Metrics } from '../metrics/metrics.ts'

/** What a probe needs. */
export interface ProbeOptions {
  /** For example `data/edge/probe.sock`. */
  readonly socketPath: string
  readonly heartbeat: (nonce: string) => HeartbeatBody
  readonly keys: PartKeys
  readonly metrics: Metrics
}

/** Answers until it is closed. */
export interface Probe {
  close(): Promise<void>
}

const noncePattern = /^[A-Za-z0-9_.-]{1,128}$/

function answer(response: ServerResponse, content: { status: number; type: string; text: string }): void {
  response
    .writeHead(content.status, { 'content-type': content.type, 'cache-control': 'no-store' })
    .end(content.text)
}

function health(options: ProbeOptions, url: URL, response: ServerResponse): void {
  const nonce = url.searchParams.get('nonce') ?? ''
  const json = 'application/json'
  if (!noncePattern.test(nonce)) {
    const text = JSON.stringify({
      error: { code: 'PROBE_NONCE', message: `nonce must match ${noncePattern.source}` },
    })
    answer(response, { status: 400, type: json, text })
    return
  }
  answer(response, {
    status: 200,
    type: json,
    text: JSON.stringify(signHeartbeat(options.heartbeat(nonce), options.keys)),
  })
}

function handle(options: ProbeOptions, request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  const url = URL.canParse(request.url ?? '', 'http://probe')
    ? new URL(request.url ?? '', 'http://probe')
    : undefined
  if (request.method !== 'GET') answer(response, { status: 405, type: 'text/plain', text: 'use GET\n' })
  else if (url?.pathname === '/health') health(options, url, response)
  else if (url?.pathname === '/metrics')
    answer(response, {
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      text: options.metrics.render(),
    })
  else answer(response, { status: 404, type: 'text/plain', text: 'no such page\n' })
}

/** Serves `GET /health?nonce=` (the heartbeat signed over that nonce) and `GET /metrics` on a Unix socket. */
export async function startProbe(options: ProbeOptions): Promise<Probe> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) =>
    handle(options, request, response),
  )
  server.maxConnections = 64
  await listenOnSocket(server, options.socketPath)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
