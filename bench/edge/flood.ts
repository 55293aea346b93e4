// A flood of ten times the capacity: who is still served? See README.md beside this file.
import { execFile, fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { isSolved } from '../../layers/edge/src/challenge/token.ts'
import { startEdge } from './start-edge.ts'
import { end, startUpstream } from './nginx.ts'

const times = 10
const addresses = 1000
const goodClients = 20
const pauseMs = 200
const seconds = Number(process.env['BENCH_SECONDS'] ?? 15)
const mustSucceed = 0.95
const patienceMs = 3000

// No rate limits: what is measured is how the overloaded worker chooses.
const site = `    rate: { rules: [], work: { steps: 1000000000000 }, exempt: [] }
    challenge: { when: suspicious, difficulty: 10, budget: 100000 }
`
const browser = {
  'User-Agent': 'Mozilla/5.0 (X11; rv:128.0) Gecko/20100101 Firefox/128.0',
  Accept: 'text/html,*/*',
}
const comment = JSON.stringify({ text: 'lorem ipsum dolor sit amet '.repeat(150) })

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

function ask(port: number, options: http.RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve) => {
    const failed = (): void => resolve({ status: 0, headers: {}, body: '' })
    const request = http.request({ host: '127.0.0.1', port, timeout: patienceMs, ...options }, (response) => {
      let text = ''
      response.on('data', (piece: Buffer) => (text += piece.toString('latin1')))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      )
      response.on('error', failed)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', failed)
    request.end(body)
  })
}

class Visitor {
  readonly times: number[] = []
  asked = 0
  served = 0
  private readonly port: number
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  private readonly localAddress: string
  private cookie = ''

  constructor(port: number, index: number) {
    this.port = port
    this.localAddress = `127.20.0.${index + 1}`
  }

  /** Solves the challenge that a suspicious browser gets, as the page would. */
  async introduce(): Promise<void> {
    const how = { agent: this.agent, localAddress: this.localAddress, headers: browser }
    const page = await ask(this.port, { ...how, path: '/' })
    const token = /data-token="([^"]+)"/.exec(page.body)?.[1] ?? ''
    const bits = Number(/data-bits="(\d+)"/.exec(page.body)?.[1])
    const way = (/data-way="([^"]+)"/.exec(page.body)?.[1] ?? '').replaceAll('&amp;', '&')
    let n = 0
    while (!isSolved(token, n.toString(36), bits)) n += 1
    const passed = await ask(this.port, { ...how, path: `${way}&n=${n.toString(36)}` })
    this.cookie = passed.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? ''
    if (this.cookie === '') throw new Error(`no pass: ${page.status} ${passed.status}`)
  }

  async visit(): Promise<void> {
    const before = performance.now()
    const headers = { ...browser, Cookie: this.cookie }
    this.asked += 1
    const { status } = await ask(this.port, {
      agent: this.agent,
      localAddress: this.localAddress,
      headers,
      path: '/?q=shoes',
    })
    if (status !== 200) return
    this.served += 1
    this.times.push(performance.now() - before)
  }

  close(): void {
    this.agent.destroy()
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** What is flooded. */
interface Scene {
  readonly name: string
  /** Port of the service. */
  readonly service: (folder: string) => Promise<{ readonly port: number; stop(): unknown }>
  /** The section `shedding`, and `limits` of `edge`. */
  readonly edge: string
  /** How many requests of the flood's kind it can answer a second; null: measure it. */
  readonly capacity: number | null
  /** Whether the generator must be able to offer ten times that; else what it offered is printed. */
  readonly full: boolean
}

const appAtOnce = 4
const appEachMs = 20

async function slowApp(): Promise<{ port: number; stop(): unknown }> {
  const script = fileURLToPath(new URL('slow-app.ts', import.meta.url))
  const child = fork(script, [appAtOnce, appEachMs].map(String), { execArgv: [...process.execArgv] })
  const port = await new Promise<number>((resolve) => child.once('message', (told) => resolve(Number(told))))
  return { port, stop: () => child.disconnect() }
}

const scenes: readonly Scene[] = [
  {
    name: `an application that does ${appAtOnce} requests at once, ${appEachMs} ms each`,
    service: slowApp,
    // What the application can do is declared: more than its places and a short queue is too much.
    edge: `shedding: { delay: 60ms, inFlight: ${appAtOnce * 4} }, limits: { upstreamConnections: ${appAtOnce} }`,
    capacity: (appAtOnce * 1000) / appEachMs,
    full: true,
  },
  {
    name: 'a worker with a fast application',
    service: (folder) => startUpstream(folder, 1024),
    edge: 'shedding: { delay: 60ms }',
    capacity: null,
    full: false,
  },
]

/** Requests of the flood's kind that are served a second, with 32 at a time. */
async function capacity(port: number, folder: string): Promise<number> {
  const script = join(folder, 'post.lua')
  const headers = 'wrk.headers["Content-Type"] = "application/json"'
  writeFileSync(script, `wrk.method = "POST"\nwrk.body = '${comment}'\n${headers}\n`)
  const args = ['-t1', '-c32', '-d4s', '-s', script, `http://127.0.0.1:${port}/comment`]
  const { stdout } = await promisify(execFile)('wrk', args)
  if (/Non-2xx/.test(stdout)) throw new Error(stdout)
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])
}

async function visits(
  visitors: readonly Visitor[],
  forSeconds: number,
): Promise<{ share: number; p99: number }> {
  const start = visitors.map(({ asked, served, times: list }) => ({ asked, served, times: list.length }))
  const until = performance.now() + forSeconds * 1000
  await Promise.all(
    visitors.map(async (visitor, index) => {
      await wait((index * pauseMs) / visitors.length)
      while (performance.now() < until) {
        const next = performance.now() + pauseMs
        await visitor.visit()
        await wait(Math.max(0, next - performance.now()))
      }
    }),
  )
  const sum = (of: 'asked' | 'served'): number =>
    visitors.reduce((total, visitor, at) => total + visitor[of] - (start[at]?.[of] ?? 0), 0)
  const slow = visitors
    .flatMap((visitor, at) => visitor.times.slice(start[at]?.times ?? 0))
    .toSorted((a, b) => a - b)
  return { share: sum('served') / sum('asked'), p99: slow[Math.floor(slow.length * 0.99)] ?? Number.NaN }
}

async function measure(folder: string, scene: Scene): Promise<boolean> {
  const upstream = await scene.service(folder)
  const name = scene.full ? 'flood-app' : 'flood-worker'
  const edge = await startEdge(name, site, { folder, upstream: upstream.port, edge: scene.edge })
  const visitors = Array.from({ length: goodClients }, (_, index) => new Visitor(edge.port, index))
  const script = fileURLToPath(new URL('flood-process.ts', import.meta.url))
  let counts = { seconds: 1, offered: 0, sent: 0, ok: 0, turnedAway: 0, limited: 0 }
  try {
    for (const visitor of visitors) await visitor.introduce()
    const most = scene.capacity ?? (await capacity(edge.port, folder))
    const quiet = await visits(visitors, 3)
    const rate = Math.round(most * times)
    const flood = fork(script, [edge.port, rate, addresses, 1].map(String), {
      execArgv: [...process.execArgv],
    })
    await new Promise((resolve) => flood.once('message', resolve))
    flood.on('message', (message) => {
      if (typeof message === 'object' && message !== null) counts = message as typeof counts
    })
    flood.send('start')
    await wait(2000)
    const flooded = await visits(visitors, seconds)
    flood.kill()
    const offered = counts.offered / counts.seconds / most
    const holds = flooded.share >= mustSucceed && (!scene.full || offered >= times * 0.98)
    console.log(
      `${scene.name}: capacity ${Math.round(most)} posts of 4 KB a second; flood: ${rate} a second from ${addresses} addresses for ${seconds} s`,
    )
    console.log(
      `of the flood: offered ${counts.offered} (${offered.toFixed(1)} × capacity), sent ${counts.sent}, served ${counts.ok}, turned away ${counts.turnedAway}, rate limited ${counts.limited}`,
    )
    console.log(
      `${goodClients} known clients: quiet ${(quiet.share * 100).toFixed(1)} % served, p99 ${quiet.p99.toFixed(0)} ms; flooded ${(flooded.share * 100).toFixed(1)} % served, p99 ${flooded.p99.toFixed(0)} ms; limit ${mustSucceed * 100} %: ${holds ? 'holds' : 'UNDER THE LIMIT'}`,
    )
    return holds
  } finally {
    for (const visitor of visitors) visitor.close()
    await end(edge.child)
    await upstream.stop()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'sevenfold-bench-flood-'))
console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`)
try {
  for (const scene of scenes) if (!(await measure(folder, scene))) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
