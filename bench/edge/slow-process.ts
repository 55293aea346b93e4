// Slow clients in a process of their own: slow-process.ts <port> <clients> <clients a second> <attack> <many|one>. Says
// `ready`, starts when told to, says how many are connected when all are or when asked, and ends when told `over`.
import net from 'node:net'
import type { Socket } from 'node:net'

/** Attacks: what a client sends at first, and what it drips afterwards. */
const attacks = {
  'slow headers': { first: 'GET / HTTP/1.1\r\nHost: a\r\n', drip: 'X-A: b\r\n', reads: true },
  'slow body': {
    first: 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n',
    drip: 'x',
    reads: true,
  },
  'slow read': { first: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(8), drip: '', reads: false },
} as const

const [portText = '0', countText = '0', rateText = '1', name = '', origin = 'many'] = process.argv.slice(2)
const port = Number(portText)
const count = Number(countText)
const rate = Number(rateText)
const attack = Object.entries(attacks).find(([known]) => known === name)?.[1]
if (attack === undefined) throw new Error(`no attack is called ${name}`)
/** Short, so that what is due is spread evenly: a burst would be a second attack, and one on this machine. */
const tickMs = 1
const dripMs = 2000
const sockets: Socket[] = []
let connected = 0

/** One slow client, from an address of its own or from the one that all share. */
function connect(index: number): void {
  const localAddress =
    origin === 'one' ? '127.1.0.1' : `127.${1 + (index >> 16)}.${(index >> 8) & 255}.${1 + (index & 127)}`
  const socket = net.connect({ port, host: '127.0.0.1', localAddress })
  if (attack?.reads === true) socket.resume()
  else socket.pause()
  socket.on('connect', () => {
    socket.write(attack?.first ?? '')
    connected += 1
  })
  socket.on('error', () => undefined)
  sockets.push(socket)
}

/** Spread over the clients, as independent ones would come. */
function drip(socket: Socket): void {
  if (attack?.drip !== '' && socket.writable) socket.write(attack?.drip ?? '')
  // A reader takes a little now and then, so that the connection never looks dead.
  if (attack?.reads === false && !socket.destroyed) socket.read(64)
}

function start(): void {
  const began = performance.now()
  let before = began
  let at = 0
  let owed = 0
  setInterval(() => {
    const now = performance.now()
    while (sockets.length < count && sockets.length < ((now - began) * rate) / 1000) connect(sockets.length)
    for (owed += (sockets.length * (now - before)) / dripMs; owed >= 1 && sockets.length > 0; owed -= 1) {
      const socket = sockets[(at += 1) % sockets.length]
      if (socket !== undefined) drip(socket)
    }
    before = now
  }, tickMs)
}

process.on('message', (message) => {
  if (message === 'start') start()
  else process.send?.(connected, () => process.exit(0))
})
process.once('disconnect', () => process.exit(0))
process.send?.('ready')
