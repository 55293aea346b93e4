// A visitor in a process of its own: good-client.ts <port> <requests a second>. Asks at fixed times, whatever became of
// the requests before. A time counts from the moment in which the request was due (no coordinated omission): a pause of
// the server is seen by every request that falls into it, and lateness of this process counts too. Beside it stands the
// time from when the request was asked for: what of it is the server's. Says `ready` after the first seconds, by when both
// sides run compiled code; counts from when it is told `count`; told `over` it asks no more, waits for the last answers and
// sends what it saw.
import net from 'node:net'

/** Stands for the time of a request that was not served. */
const failed = Number.MAX_SAFE_INTEGER

/**
 * What a visitor saw, in milliseconds, `failed` for what was not served: of each request from when it was due, and from when
 * it was asked for; and how late it asked itself.
 */
export interface Seen {
  readonly times: readonly number[]
  readonly asked: readonly number[]
  readonly late: readonly number[]
}

const [portText = '0', rateText = '200'] = process.argv.slice(2)
const port = Number(portText)
const everyMs = 1000 / Number(rateText)
const warmUpMs = 1500
/** Longest wait for the last answers; who is not served by then has failed. */
const lastMs = 3000
const mostConnections = 64
/** Connections that are kept: what a stall needed beyond them is closed again. */
const keptConnections = 8
const head = Buffer.from('GET /small HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n', 'latin1')

const times: number[] = []
const timesAsked: number[] = []
const late: number[] = []
const free: Line[] = []
const waiting: Request[] = []
let lines = 0
let startedAt = 0
let sent = 0
let asked = 0
let timer: NodeJS.Timeout | undefined

/** When a request was due, and when it was asked for: it may wait for a free connection. */
interface Request {
  readonly due: number
  readonly since: number
}

/** A kept connection. */
class Line {
  private readonly socket: net.Socket
  private text = ''
  private request: Request | undefined

  constructor() {
    lines += 1
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.setEncoding('latin1')
    this.socket.on('data', (text: string) => this.read(text))
    this.socket.on('error', () => undefined)
    this.socket.on('close', () => this.gone())
  }

  ask(request: Request): void {
    this.request = request
    this.socket.write(head)
  }

  private read(text: string): void {
    this.text += text
    const end = this.text.indexOf('\r\n\r\n')
    const length = Number(/^content-length: (\d+)\r$/im.exec(this.text)?.[1] ?? Number.NaN)
    if (end < 0 || this.text.length < end + 4 + length) return
    if (this.request !== undefined) note(this.request, this.text.startsWith('HTTP/1.1 200 '))
    this.text = ''
    this.request = undefined
    const next = waiting.shift()
    if (next !== undefined) this.ask(next)
    else if (free.length < keptConnections) free.push(this)
    else this.socket.end()
  }

  private gone(): void {
    lines -= 1
    if (this.request !== undefined) note(this.request, false)
    const at = free.indexOf(this)
    if (at >= 0) free.splice(at, 1)
  }
}

function note({ due, since }: Request, isServed: boolean): void {
  const now = performance.now()
  times.push(isServed ? now - due : failed)
  timesAsked.push(isServed ? now - since : failed)
}

function askAllDue(): void {
  const now = performance.now()
  for (let due = startedAt + sent * everyMs; due <= now; due = startedAt + sent * everyMs) {
    sent += 1
    asked += 1
    late.push(now - due)
    const line = free.pop() ?? (lines < mostConnections ? new Line() : undefined)
    if (line === undefined) waiting.push({ due, since: now })
    else line.ask({ due, since: now })
  }
  timer = setTimeout(askAllDue, Math.max(0, startedAt + sent * everyMs - performance.now()))
}

function count(): void {
  // Those on their way will be answered, too.
  asked = lines - free.length + waiting.length
  times.length = 0
  timesAsked.length = 0
  late.length = 0
}

function tellWhenServed(until: number): void {
  if (times.length < asked && performance.now() < until) {
    setTimeout(tellWhenServed, 20, until)
    return
  }
  while (times.length < asked) {
    times.push(failed)
    timesAsked.push(failed)
  }
  const seen: Seen = { times, asked: timesAsked, late }
  process.send?.(seen, () => process.exit(0))
}

process.on('message', (message) => {
  if (message === 'count') count()
  else {
    clearTimeout(timer)
    tellWhenServed(performance.now() + lastMs)
  }
})
process.once('disconnect', () => process.exit(0))
startedAt = performance.now()
askAllDue()
setTimeout(() => process.send?.('ready'), warmUpMs)
