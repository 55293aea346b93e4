import { createConnection } from 'node:net'

/** One endpoint of the harness. */
export interface Endpoint {
  readonly path: string
  readonly hasBody: boolean
}

/** The endpoints whose cost is compared, as in the harness's own driver. */
export const endpoints: Readonly<Record<string, Endpoint>> = {
  hello: { path: '/hello', hasBody: false },
  db: { path: '/db?id=5', hasBody: false },
  dbq: { path: '/dbq?name=user77', hasBody: false },
  file: { path: '/file?name=a.txt', hasBody: false },
  fetch: { path: '/fetch?item=item-1', hasBody: false },
  render: { path: '/render?title=Hello+World', hasBody: false },
  json: { path: '/json', hasBody: true },
  jsondb: { path: '/jsondb', hasBody: true },
}

const connections = 8

function body(): string {
  const items = Array.from({ length: 100 }, (_, i) => ({
    name: `user${(i * 7919) % 1000}`,
    note: `note text ${i * 31}`,
  }))
  while (JSON.stringify({ items }).length > 4096) items.pop()
  return JSON.stringify({ items })
}

function requestFor({ path, hasBody }: Endpoint): string {
  if (!hasBody) return `GET ${path} HTTP/1.1\r\nHost: bench\r\n\r\n`
  const text = body()
  return `POST ${path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`
}

function isWhole(answer: string): boolean {
  const head = answer.indexOf('\r\n\r\n')
  if (head < 0) return false
  const length = /content-length: (\d+)/i.exec(answer.slice(0, head))?.[1]
  return length === undefined ? answer.endsWith('0\r\n\r\n') : answer.length >= head + 4 + Number(length)
}

function drive(port: number, request: string, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = count
    let answer = ''
    const socket = createConnection(port, '127.0.0.1', () => socket.write(request))
    socket.on('error', reject)
    socket.on('data', (data) => {
      answer += data.toString('latin1')
      if (!isWhole(answer)) return
      if (!answer.startsWith('HTTP/1.1 200')) reject(new Error(`bad answer: ${answer.slice(0, 80)}`))
      answer = ''
      left -= 1
      if (left > 0) socket.write(request)
      else socket.end(() => resolve())
    })
  })
}

/** Sends `count` requests over 8 connections that are kept alive. Rejects when an answer is not 200. */
export async function burst(port: number, endpoint: Endpoint, count: number): Promise<void> {
  const request = requestFor(endpoint)
  const each = Math.ceil(count / connections)
  await Promise.all(Array.from({ length: connections }, () => drive(port, request, each)))
}
