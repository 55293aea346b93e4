import { request } from 'node:http'

/** An answer, read whole. */
export interface TestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly ms: number
}

/** One request to a shop; the path goes out as it stands. */
export interface TestRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly localAddress?: string
}

/** A client that keeps cookies. */
export interface TestClient {
  readonly cookies: Map<string, string>
  send(path: string, options?: TestRequest): Promise<TestAnswer>
  form(path: string, fields: Readonly<Record<string, string>>): Promise<TestAnswer>
  json(path: string, value: unknown, method?: string): Promise<TestAnswer>
}

function sendOnce(port: number, path: string, options: TestRequest): Promise<TestAnswer> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body, localAddress } = options
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        agent: false,
        headers: { ...headers, ...length },
        localAddress,
      },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text,
            ms: performance.now() - started,
          })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** A client of the shop on that port. */
export function createClient(port: number): TestClient {
  const cookies = new Map<string, string>()
  const send = async (path: string, options: TestRequest = {}): Promise<TestAnswer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...(cookie === '' ? {} : { cookie }), ...options.headers }
    const answer = await sendOnce(port, path, { ...options, headers })
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s)
      cookies.set(name, value)
    }
    return answer
  }
  const post = (path: string, type: string, body: string, method = 'POST'): Promise<TestAnswer> =>
    send(path, { method, body, headers: { 'content-type': type } })
  return {
    cookies,
    send,
    form: (path, fields) =>
      post(path, 'application/x-www-form-urlencoded', new URLSearchParams(fields).toString()),
    json: (path, value, method) => post(path, 'application/json', JSON.stringify(value), method),
  }
}
