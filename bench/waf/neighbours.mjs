// One client sends bodies of 128 KB that cost the inspection most, one after the other, while others send ordinary
// requests: what the others notice, at the real edge with one worker and CRS. usage: node bench/waf/neighbours.mjs [CRS]
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { generator } from './corpus.mjs'
import { root, startEdge } from './edge.mjs'

const crs = process.argv[2] ?? join(process.env.SEVENFOLD_SHARED ?? join(root, '../shared'), 'crs/rules')
const limit = 3
const others = 4
const seconds = 6
const bodyBytes = 131_072
const random = generator(1)

/** Sends one request; resolves with its status and milliseconds. */
function send(port, { agent, method = 'GET', path = '/', headers = {}, body = '', localAddress }) {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path,
      agent,
      localAddress,
      headers: { 'user-agent': 'Mozilla/5.0', accept: '*/*', ...headers },
    }
    const sent = request(options, (response) => {
      response.resume()
      response.on('end', () => resolve({ status: response.statusCode, ms: performance.now() - started }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Bodies that make every stage work: many parameters, values that light up rules and decodings, one long pump. */
const hostile = {
  'many parameters': () =>
    form(Array.from({ length: 4000 }, (_, n) => `p${n}=%27+or+1%2d${n}+%3c`).join('&')),
  'signs of every class': () =>
    form(`v=${encodeURIComponent('\'"<(${`;|%25&#x41;\\u0041../ union select on').repeat(4000)}`),
  'line feeds': () => form(`v=${'%0a'.repeat(60_000)}`),
  'JSON values': () => json(`[${Array.from({ length: 8000 }, (_, n) => `"select ${n}<a"`).join(',')}]`),
  quotes: () => json(`{"a":"${"' or '".repeat(30_000)}"}`),
  elements: () => xml('<b c="d">e</b>'.repeat(9000)),
}
const form = (text) => ({ type: 'application/x-www-form-urlencoded', body: text.slice(0, bodyBytes) })
const xml = (text) => ({ type: 'text/xml', body: `<a>${text}</a>` })
const json = (text) => {
  const cut = text.length <= bodyBytes ? text : `${text.slice(0, bodyBytes - 3).replace(/,?[^,]*$/, '')}`
  return {
    type: 'application/json',
    body:
      cut.endsWith(']') || cut.endsWith('}')
        ? cut
        : cut.startsWith('[')
          ? `${cut}]`
          : `${text.slice(0, bodyBytes - 2)}"}`,
  }
}

/** Others send requests at random moments, some 100 a second each, until `until` settles. */
async function ordinary(port, until) {
  const state = { over: false }
  void until.finally(() => (state.over = true))
  const times = []
  times.refused = 0
  await Promise.all(
    Array.from({ length: others }, async (_, number) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const localAddress = `127.0.1.${number + 1}`
      while (!state.over) {
        const path = `/item?id=${Math.floor(random() * 1e9)}&q=garden+chair`
        const { status, ms } = await send(port, { agent, path, localAddress })
        times.push(ms)
        if (status !== 200) times.refused++
        await new Promise((resolve) => setTimeout(resolve, 5 + random() * 10))
      }
      agent.destroy()
    }),
  )
  return times
}

const quantile = (times, share) => times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? NaN
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const edge = await startEdge(crs)
let worst = 0
try {
  await ordinary(edge.port, pause(2000))
  // The quiet reading is taken before and after each hostile one: other work on this machine moves both.
  for (const [name, make] of Object.entries(hostile)) {
    const before = await ordinary(edge.port, pause((seconds * 1000) / 2))
    const { type, body } = make()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const state = { over: false }
    const statuses = new Map()
    const attack = (async () => {
      while (!state.over) {
        const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) }
        const { status } = await send(edge.port, {
          agent,
          method: 'POST',
          path: '/c',
          headers,
          body,
          localAddress: '127.0.2.1',
        }).catch(() => ({ status: 'ended' }))
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    })()
    const during = await ordinary(edge.port, pause(seconds * 1000))
    state.over = true
    await attack
    agent.destroy()
    const after = await ordinary(edge.port, pause((seconds * 1000) / 2))
    const quiet = quantile([...before, ...after], 0.99)
    const busy = quantile(during, 0.99)
    worst = Math.max(worst, busy / quiet)
    const said = Array.from(statuses, ([status, count]) => `${count} × ${status}`).join(', ')
    console.log(
      `${name.padEnd(22)} p99 of others ${busy.toFixed(1)} ms, quiet ${quiet.toFixed(1)} ms: ${(busy / quiet).toFixed(1)}x; others refused ${during.refused} of ${during.length}; the client got ${said}`,
    )
  }
} finally {
  await edge.close()
}
console.log(`worst ${worst.toFixed(1)}x (must ${limit}x)${worst > limit ? '  MISSED' : ''}`)
process.exitCode = worst > limit ? 1 : 0
