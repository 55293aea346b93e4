// A flood in a process of its own: flood-process.ts <port> <requests a second> <addresses> <connections each>. Connects,
// says `ready`, and floods from the first message on; tells what it counted twice a second.
import net from 'node:net'
import type { Socket } from 'node:net'

const [portText = '0', rateText = '0', addressText = '1000', eachText = '2'] = process.argv.slice(2)
const [port, rate, addresses, each] = [portText, rateText, addressText, eachText].map(Number) as [
  number,
  number,
  number,
  number,
]

const body = JSON.stringify({ text: 'lorem ipsum dolor sit amet '.repeat(150) })
const request = Buffer.from(
  `POST /comment HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: flood\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
)
/** Bytes that may wait in a connection before it is left out of a round. */
const mostWaiting = 65_536
const tickMs = 10
const counts = { seconds: 0, offered: 0, sent: 0, ok: 0, turnedAway: 0, limited: 0 }

function connect(localAddress: string): Socket {
  const socket = net.connect({ port, host: '127.0.0.1', localAddress })
  socket.on('error', () => undefined)
  socket.on('data', (piece: Buffer) => {
    const text = piece.toString('latin1')
    for (const [, status] of text.matchAll(/HTTP\/1\.1 (\d{3})/g)) {
      if (status === '200') counts.ok += 1
      else if (status === '503') counts.turnedAway += 1
      else if (status === '429') counts.limited += 1
    }
  })
  return socket
}

const sockets: { socket: Socket; address: string }[] = []
let at = 0
let owed = 0
let last = 0

/** Sends what is due: each request goes out on the next address's connection. */
function tick(): void {
  const now = performance.now()
  owed = Math.min(owed + (rate * (now - last)) / 1000, rate)
  counts.seconds += (now - last) / 1000
  last = now
  for (; owed >= 1; owed -= 1) {
    const slot = sockets[(at += 1) % sockets.length]
    if (slot === undefined) continue
    counts.offered += 1
    if (slot.socket.destroyed) slot.socket = connect(slot.address)
    else if (slot.socket.writableLength < mostWaiting) {
      slot.socket.write(request)
      counts.sent += 1
    }
  }
}

const total = addresses * each
const atOnce = 100
for (let i = 0; i < total; i += atOnce) {
  const some = Array.from({ length: Math.min(atOnce, total - i) }, (_, one) => {
    const n = (i + one) % addresses
    const address = `127.10.${n >>> 8}.${1 + ((n & 255) % 254)}`
    const socket = connect(address)
    sockets.push({ socket, address })
    return new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))
  })
  await Promise.all(some)
}
process.once('message', () => {
  last = performance.now()
  setInterval(tick, tickMs)
  setInterval(() => process.send?.(counts), 500)
})
process.once('disconnect', () => process.exit(0))
process.send?.('ready')
