import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'

/** A container of the fake engine. */
export interface FakeContainer {
  readonly id: string
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  /** With a terminal its output has no frames. */
  readonly terminal?: boolean
}

interface Written {
  readonly time: string
  readonly text: string
  readonly stream: 1 | 2
}

/** The part of the Docker Engine API that followers of logs use, on a Unix socket. */
export interface DockerEngine {
  readonly socketPath: string
  /** Paths asked for. */
  readonly asked: readonly string[]
  run(container: FakeContainer): void
  /** Writes a line of output with its time (RFC 3339, up to nanoseconds). */
  write(id: string, time: string, text: string, stream?: 1 | 2): void
  /** Cuts all followers off, as a restart of the engine does. */
  cutFollowers(): void
  close(): Promise<void>
}

interface Running {
  readonly container: FakeContainer
  readonly written: Written[]
  readonly followers: Set<ServerResponse>
}

function frame({ time, text, stream }: Written, terminal: boolean): Buffer {
  const body = Buffer.from(`${time} ${text}\n`)
  if (terminal) return body
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(body.length, 4)
  return Buffer.concat([header, body])
}

const sinceOf = (time: string): number => Date.parse(time) / 1000

/** Starts a fake engine. */
export async function startDockerEngine(socketPath: string): Promise<DockerEngine> {
  const running = new Map<string, Running>()
  const asked: string[] = []
  const json = (response: ServerResponse, body: unknown): void => void response.end(JSON.stringify(body))
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://docker')
    asked.push(`${url.pathname}${url.search}`)
    const [, id = '', what = ''] = /^\/v1\.41\/containers\/([0-9a-f]+)\/(json|logs)$/.exec(url.pathname) ?? []
    const one = running.get(id)
    if (url.pathname === '/v1.41/containers/json') {
      const list = [...running.values()].map(({ container }) => ({
        Id: container.id,
        Names: [`/${container.name}`],
        Image: 'image',
        Labels: container.labels ?? {},
      }))
      return json(response, list)
    }
    if (one === undefined) return void response.writeHead(404).end()
    const terminal = one.container.terminal === true
    if (what === 'json') return json(response, { Id: id, Config: { Tty: terminal } })
    const since = Number(url.searchParams.get('since') ?? 0)
    response.writeHead(200)
    response.flushHeaders()
    // The engine compares to the second at least: what is older is the reader's to leave out.
    for (const line of one.written)
      if (sinceOf(line.time) >= Math.floor(since)) response.write(frame(line, terminal))
    one.followers.add(response)
    response.on('close', () => one.followers.delete(response))
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return {
    socketPath,
    asked,
    run: (container) => void running.set(container.id, { container, written: [], followers: new Set() }),
    write: (id, time, text, stream = 1) => {
      const one = running.get(id)
      const line = { time, text, stream }
      one?.written.push(line)
      for (const follower of one?.followers ?? [])
        follower.write(frame(line, one?.container.terminal === true))
    },
    cutFollowers: () => {
      for (const { followers } of running.values()) for (const follower of followers) follower.destroy()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
