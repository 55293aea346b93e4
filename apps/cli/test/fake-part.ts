import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** A request that a fake part got. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly body: unknown
}

/** A part that answers on a Unix socket as a test says. */
export interface FakePart {
  readonly asked: readonly Asked[]
  close(): Promise<void>
}

async function read(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? undefined : JSON.parse(text)
}

/** Starts a fake part; `answer` gives status and body. A body that is no text is sent as JSON. */
export async function startFakePart(
  socketPath: string,
  answer: (asked: Asked) => readonly [number, unknown],
): Promise<FakePart> {
  mkdirSync(dirname(socketPath), { recursive: true })
  const asked: Asked[] = []
  const server: Server = createServer((request, response) => {
    void read(request).then((body) => {
      const one = { method: request.method ?? '', path: request.url ?? '', body }
      asked.push(one)
      const [status, value] = answer(one)
      response.writeHead(status).end(typeof value === 'string' ? value : JSON.stringify(value))
    })
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return {
    asked,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
