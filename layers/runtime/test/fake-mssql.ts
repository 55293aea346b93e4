import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'

// Enough of a SQL Server for a driver to log in and to ask: an empty result for everything, and a syntax error for the
// statement by which the agent replaces a refused one. MS-TDS, sections 2.2.1 (messages) and 2.2.7 (tokens).

const request = { preLogin: 0x12, login: 0x10, batch: 0x01, rpc: 0x03 } as const

/** Pre-login options: a version, and that encryption is not supported. */
const preLogin = Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, 2])

function text16(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'utf16le')])
}

function token(type: number, body: Buffer): Buffer {
  const head = Buffer.from([type, 0, 0])
  head.writeUInt16LE(body.length, 1)
  return Buffer.concat([head, body])
}

function done(status: number): Buffer {
  const bytes = Buffer.alloc(13)
  bytes[0] = 0xfd
  bytes.writeUInt16LE(status, 1)
  return bytes
}

const loginAck = token(
  0xad,
  Buffer.concat([Buffer.from([1, 0x74, 0, 0, 4]), text16('fake'), Buffer.from([16, 0, 0, 0])]),
)

function errorToken(message: string): Buffer {
  const head = Buffer.from([0, 0, 0, 0, 1, 15, 0, 0])
  head.writeInt32LE(102, 0)
  head.writeUInt16LE(message.length, 6)
  const tail = Buffer.concat([text16('fake'), text16(''), Buffer.from([1, 0, 0, 0])])
  return token(0xaa, Buffer.concat([head, Buffer.from(message, 'utf16le'), tail]))
}

function tokensFor(type: number, body: Buffer): Buffer {
  if (type === request.preLogin) return preLogin
  if (type === request.login) return Buffer.concat([loginAck, done(0)])
  const isRefused =
    body.toString('utf16le', body.length % 2).includes('refused by the runtime layer') ||
    body.toString('utf16le').includes('refused by the runtime layer')
  return isRefused ? Buffer.concat([errorToken('Incorrect syntax'), done(2)]) : done(0)
}

function packet(body: Buffer): Buffer {
  const head = Buffer.from([0x04, 0x01, 0, 0, 0, 0, 1, 0])
  head.writeUInt16BE(body.length + head.length, 2)
  return Buffer.concat([head, body])
}

/** Starts it on a port of its own. */
export async function startFakeMssql(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((socket) => {
    let unread = Buffer.alloc(0)
    let body = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (piece: Buffer) => {
      unread = Buffer.concat([unread, piece])
      while (unread.length >= 8 && unread.length >= unread.readUInt16BE(2)) {
        const length = unread.readUInt16BE(2)
        body = Buffer.concat([body, unread.subarray(8, length)])
        const isLast = ((unread[1] ?? 0) & 1) === 1
        if (isLast) socket.write(packet(tokensFor(unread[0] ?? 0, body)))
        if (isLast) body = Buffer.alloc(0)
        unread = unread.subarray(length)
      }
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return { port: (server.address() as AddressInfo).port, server }
}
