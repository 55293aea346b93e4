import { Agent, request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { noAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import { openRaw } from './open-raw.ts'
import type { RawConnection } from './open-raw.ts'

/** Where requests go. */
export interface Target {
  readonly host: string
  readonly port: number
  /** True when nothing of ours stands before the application: then the visitor writes the trace id itself. */
  readonly direct: boolean
}

/** Who sends. */
export interface VisitorOptions {
  readonly target: Target
  /** Source address, one of 127.0.0.0/8. */
  readonly address: string
  readonly trace: string
  readonly userAgent?: string
  /** Told of every answer, also of broken connections. */
  readonly onAnswer?: (answer: Answer) => void
}

/** One request; `path` goes out as it stands. */
export interface Outgoing {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** A client with an address, a cookie jar and a memory of the ids that its requests were given. */
export interface Visitor {
  readonly address: string
  readonly cookies: Map<string, string>
  /** Ids by which layers may name the requests: the trace, and each `X-Request-Id` that came back. */
  readonly traces: ReadonlySet<string>
  /** Never rejects: a broken connection gives status 0. */
  send(outgoing: Outgoing): Promise<Answer>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  form(path: string, fields: Readonly<Record<string, string>>): Promise<Answer>
  json(path: string, value: unknown, method?: string): Promise<Answer>
  /** A connection from the same address on which the attacker decides every byte. */
  raw(): RawConnection
  close(): void
}

/** Longest wait for an answer, in milliseconds. */
export const answerTimeoutMs = 15_000

/** Most bytes of an answer that are kept. */
export const maxAnswerBytes: number = 8 << 20

/** A browser's name, so that plain visitors look plain. */
export const plainUserAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

/** What a browser of that name sends when somebody opens a page, in its order; attackers who want to look plain send it too. */
const browserHeaders: Readonly<Record<string, string>> = {
  connection: 'keep-alive',
  'sec-ch-ua': '"Chromium";v="140", "Not=A?Brand";v="24"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Linux"',
  'upgrade-insecure-requests': '1',
  'user-agent': plainUserAgent,
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5',
  'sec-fetch-site': 'none',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-user': '?1',
  'sec-fetch-dest': 'document',
  'accept-encoding': 'gzip, deflate',
  'accept-language': 'en-GB,en;q=0.8',
}

/** What every other client sends. */
const programHeaders: Readonly<Record<string, string>> = { accept: '*/*' }

/** `?a=b&c=d`, percent-encoded. */
export function query(fields: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return `?${pairs.join('&')}`
}

function flatten(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join('\n') : (value ?? ''),
    ]),
  )
}

function keepCookies(jar: Map<string, string>, header: string | undefined): void {
  for (const line of (header ?? '').split('\n')) {
    const match = /^([^=;]+)=([^;]*)/.exec(line)
    if (match !== null) jar.set(match[1] ?? '', match[2] ?? '')
  }
}

interface Wire {
  readonly options: VisitorOptions
  readonly agent: Agent
}

function exchange(
  wire: Wire,
  outgoing: Outgoing,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const started = performance.now()
  const { target, address } = wire.options
  return new Promise((resolve) => {
    const fail = (): void => resolve(noAnswer(performance.now() - started))
    const sent = httpRequest({
      host: target.host,
      port: target.port,
      localAddress: address,
      agent: wire.agent,
      method: outgoing.method ?? 'GET',
      path: outgoing.path,
      headers,
      timeout: answerTimeoutMs,
    })
    sent.on('timeout', () => sent.destroy())
    sent.on('error', fail)
    sent.on('response', (answer) => {
      const chunks: Buffer[] = []
      let total = 0
      answer.on('data', (chunk: Buffer) => {
        total += chunk.length
        if (total <= maxAnswerBytes) chunks.push(chunk)
      })
      answer.on('error', fail)
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const ms = performance.now() - started
        resolve({ status: answer.statusCode ?? 0, headers: flatten(answer.headers), text, ms })
      })
    })
    sent.end(outgoing.body)
  })
}

/** Makes a visitor. Call `close` when it is no longer needed: it holds connections open. */
export function createVisitor(options: VisitorOptions): Visitor {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const cookies = new Map<string, string>()
  const traces = new Set([options.trace])
  const { host, port, direct } = options.target
  const trace: Record<string, string> = direct ? { 'x-sevenfold-trace': options.trace } : {}
  // A request that names its program comes from that program, not from a browser.
  const own = (agent: string | undefined): Record<string, string> => {
    const program = agent === undefined ? browserHeaders : { ...programHeaders, 'user-agent': agent }
    return { host: `${host}:${port}`, ...program, ...trace }
  }
  const send = async (outgoing: Outgoing): Promise<Answer> => {
    const jar = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const length =
      outgoing.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(outgoing.body)) }
    const program = outgoing.headers?.['user-agent'] ?? options.userAgent
    const headers = {
      ...own(program),
      ...(jar === '' ? {} : { cookie: jar }),
      ...length,
      ...outgoing.headers,
    }
    const answer = await exchange({ options, agent }, outgoing, headers)
    options.onAnswer?.(answer)
    keepCookies(cookies, answer.headers['set-cookie'])
    const id = answer.headers['x-request-id']
    if (id !== undefined) traces.add(id)
    return answer
  }
  const post = (path: string, type: string, body: string, method = 'POST'): Promise<Answer> =>
    send({ method, path, body, headers: { 'content-type': type } })
  return {
    address: options.address,
    cookies,
    traces,
    send,
    get: (path, headers = {}) => send({ path, headers }),
    form: (path, fields) => post(path, 'application/x-www-form-urlencoded', query(fields).slice(1)),
    json: (path, value, method) => post(path, 'application/json', JSON.stringify(value), method),
    raw: () => openRaw(options.target, options.address),
    close: () => agent.destroy(),
  }
}
