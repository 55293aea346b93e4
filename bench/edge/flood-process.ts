// A flood in a process of its own: flood-process.ts <port> <requests a second> <addresses> <connections each>
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
const counts = { offered: 0, sent: 0, ok: 0, turnedAway: 0, limited: 0 }

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
for (let i = 0; i < addresses * each; i += 1) {
  const n = i % addresses
  const address = `127.10.${n >>> 8}.${1 + ((n & 255) % 254)}`
  sockets.push({ socket: connect(address), address })
}
let at = 0
let owed = 0
setInterval(() => {
  owed = Math.min(owed + (rate * tickMs) / 1000, rate)
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
}, tickMs)
setInterval(() => process.send?.(counts), 500)
process.send?.('ready')
process.once('disconnect', () => process.exit(0))
