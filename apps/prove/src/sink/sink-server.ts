import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that reached the sink. */
export interface Hit {
  readonly method: string
  /** Path after the token, with query. */
  readonly path: string
}

/** The part of the sink that belongs to one cell. */
export interface SinkView {
  readonly token: string
  readonly port: number
  /** What the inside service answers; seen in an answer, it proves that the application fetched it. */
  readonly secret: string
  /** A URL of the inside service, such as `http://127.0.0.1:1234/<token>/metadata`; `host` changes the spelling. */
  url(path: string, host?: string): string
  hits(): readonly Hit[]
}

/** A server that no visitor should reach through the application: metadata service and collector of loot at once. */
export interface Sink {
  view(token: string): SinkView
  close(): Promise<void>
}

/** Most hits kept for one token. */
export const maxHits = 1000

function answerHit(response: ServerResponse, token: string, path: string): void {
  const target = /^redirect\?to=(.+)$/.exec(path)?.[1]
  if (target !== undefined) {
    response.writeHead(302, { location: decodeURIComponent(target) })
    response.end()
    return
  }
  response.writeHead(200, { 'content-type': 'text/plain', 'access-control-allow-origin': '*' })
  response.end(`instance-secret-${token}\n`)
}

/** Starts the sink on a free loopback port. */
export async function startSink(): Promise<Sink> {
  const hits = new Map<string, Hit[]>()
  const server: Server = createServer((request: IncomingMessage, response) => {
    request.resume()
    const [, token = '', ...rest] = (request.url ?? '').split('/')
    const path = rest.join('/')
    const list = hits.get(token) ?? []
    if (list.length < maxHits) list.push({ method: request.method ?? '', path })
    hits.set(token, list)
    answerHit(response, token, path)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    view: (token) => ({
      token,
      port,
      secret: `instance-secret-${token}`,
      url: (path, host = '127.0.0.1') => `http://${host}:${port}/${token}/${path}`,
      hits: () => hits.get(token) ?? [],
    }),
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
