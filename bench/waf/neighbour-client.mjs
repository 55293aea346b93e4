// A process of its own for the clients of neighbours.mjs: ordinary ones that note how long their requests take, or one that
// sends hostile bodies on several connections. usage: fork, then messages { start: … } and { stop: true }
import { Agent, request } from 'node:http'
import { generator } from './corpus.mjs'
import { hostileBodies } from './hostile-bodies.mjs'

const random = generator(Number(process.argv[2] ?? 1))
const state = { over: true }

/** Sends one request; resolves with its status and milliseconds, and with status 0 when the connection ended. */
function send(port, { agent, method = 'GET', path, headers = {}, body = '', localAddress }) {
  return new Promise((resolve) => {
    const started = performance.now()
    const done = (status) => resolve({ status, ms: performance.now() - started })
    const all = { 'user-agent': 'Mozilla/5.0', accept: '*/*', ...headers }
    const options = { host: '127.0.0.1', port, method, path, agent, localAddress, headers: all }
    const sent = request(options, (response) => {
      response.resume()
      response.on('end', () => done(response.statusCode))
      response.on('error', () => done(0))
    })
    sent.on('error', () => done(0))
    sent.end(body)
  })
}

/** Sends requests at random moments, some 100 a second, until it is over. */
async function ordinary(port, number, times, refused) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const localAddress = `127.0.1.${number + 1}`
  while (!state.over) {
    const path = `/item?id=${Math.floor(random() * 1e9)}&q=garden+chair`
    const { status, ms } = await send(port, { agent, path, localAddress })
    times.push(ms)
    if (status !== 200) refused.push(status)
    await new Promise((resolve) => setTimeout(resolve, 5 + random() * 10))
  }
  agent.destroy()
}

/** Sends one body after the other on one connection, without a pause. */
async function hostile(port, { type, body }, statuses) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) }
  while (!state.over) {
    const one = { agent, method: 'POST', path: '/c', headers, body, localAddress: '127.0.2.1' }
    const { status } = await send(port, one)
    statuses[status] = (statuses[status] ?? 0) + 1
  }
  agent.destroy()
}

async function start({ port, clients, shape }) {
  state.over = false
  const [times, refused, statuses] = [[], [], {}]
  const body = shape === undefined ? null : hostileBodies[shape]()
  const one = (_, number) =>
    body === null ? ordinary(port, number, times, refused) : hostile(port, body, statuses)
  await Promise.all(Array.from({ length: clients }, one))
  process.send({ times, refused, statuses })
}

process.on('message', (message) => {
  if (message.stop === true) state.over = true
  else void start(message.start)
})
