import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { escapeText, isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { createOutbound } from '@sevenfold/outbound'
import { durationOption } from '../alerts/duration-option.ts'
import { exitCodes, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { WatchState } from './watch-state.ts'
import type { HouseWord, WatchNews } from './watch-state.ts'

const limits = { maxTextLength: 65_536, maxDepth: 6, maxNodes: 500, maxStringLength: 4_096 }
const maxBodyBytes = 16_384

/** Reads what the house says of itself; undefined when it is not that. */
export function readWord(text: string): HouseWord | undefined {
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { ok, time, size, root } = parsed.value
  const timeMs = typeof time === 'string' ? Date.parse(time) : Number.NaN
  if (typeof ok !== 'boolean' || Number.isNaN(timeMs) || typeof size !== 'number') return undefined
  return { ok, timeMs, size, root: typeof root === 'string' ? root : '' }
}

function hostPort(text: string): { host: string; port: number } {
  const match = /^(.+):(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (match?.[1] === undefined || port > 65_535)
    throw usageError('--listen must look like 0.0.0.0:7799', 'host and port')
  return { host: match[1].replace(/^\[(.*)\]$/, '$1'), port }
}

/** Takes the calls of a dead-man's switch; `path` is the secret part of its address. */
function listen(call: Call, path: string, onWord: (word: HouseWord) => void): Promise<Server> {
  const { host, port } = hostPort(call.text('listen') ?? '')
  const server = createServer(
    { maxHeaderSize: 8_192, headersTimeout: 5_000, requestTimeout: 10_000 },
    (request, response) => {
      let text = ''
      request.setEncoding('utf8')
      request.on('data', (chunk: string) => {
        text += chunk
        if (text.length > maxBodyBytes) request.destroy()
      })
      request.on('end', () => {
        const word = request.url === path && request.method === 'POST' ? readWord(text) : undefined
        if (word !== undefined) onWord(word)
        response.writeHead(word === undefined ? 404 : 204).end()
      })
      request.on('error', () => undefined) // a stranger went away
    },
  )
  server.maxConnections = 64
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve(server))
  })
}

/** Says it here and, where asked for, elsewhere. */
function tell(call: Call, news: WatchNews): void {
  const time = new Date().toISOString()
  if (call.json) call.io.out(JSON.stringify({ time, ...news }))
  else call.io.out(`${time}  ${news.kind.padEnd(9)} ${escapeText(news.text, 300)}`)
  const alarm = call.text('alarm')
  if (alarm === undefined) return
  const outbound = createOutbound({ namedHosts: [new URL(alarm).hostname] })
  outbound
    .request(alarm, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: `sevenfold ${news.kind}: ${news.text}`, kind: news.kind, time }),
    })
    .catch((error: unknown) =>
      call.io.note(`the alarm was not delivered: ${error instanceof Error ? error.message : String(error)}`),
    )
}

async function ask(url: string): Promise<HouseWord | undefined> {
  const outbound = createOutbound({ namedHosts: [new URL(url).hostname] })
  const answer = await outbound.request(url, { limits: { timeoutMs: 5_000, maxBytes: 65_536 } })
  return answer.status === 200 ? readWord(Buffer.from(answer.body).toString('utf8')) : undefined
}

/** Watches a house from another host until Ctrl-C, or with `--once` until the first alarm. */
export async function runWatch(call: Call): Promise<number> {
  const [url] = call.words
  const listening = call.text('listen')
  if ((url === undefined) === (listening === undefined))
    throw usageError(
      'name a URL to ask, or --listen to be called',
      'for example sevenfold watch https://console.example.org:7770/healthz',
    )
  if (url !== undefined && !URL.canParse(url))
    throw usageError(`${url} is no address`, 'it starts with https://')
  const everyMs = (await durationOption(call, 'every')) ?? 10_000
  const state = new WatchState((await durationOption(call, 'after')) ?? 60_000, Date.now())
  const heard = { alarm: false }
  const take = (news: readonly WatchNews[]): void => {
    for (const one of news) {
      tell(call, one)
      heard.alarm ||= one.kind !== 'well'
    }
  }
  const onWord = (word: HouseWord): void => take(state.heard(word, Date.now()))
  const server = listening === undefined ? undefined : await listen(call, call.text('path') ?? '/', onWord)
  call.io.note(url === undefined ? `waiting for calls on ${listening ?? ''}` : `asking ${url}`)
  const { signal } = call.io
  while (!signal.aborted && !(heard.alarm && call.flag('once'))) {
    if (url !== undefined) {
      const word = await ask(url).catch(() => undefined) // that nobody answers is what the clock is for
      if (word !== undefined) onWord(word)
    }
    take(state.tick(Date.now()))
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, everyMs)
      function done(): void {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      signal.addEventListener('abort', done, { once: true })
    })
  }
  server?.close()
  server?.closeAllConnections()
  return heard.alarm ? exitCodes.findings : exitCodes.ok
}
