import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'

// Enough of a MongoDB server for a driver to connect and to ask: an empty answer to everything, and an error for a filter
// with an unknown operator. https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/

const opReply = 1
const opQuery = 2004
const opMessage = 2013

type Value = number | bigint | boolean | string | readonly Value[] | { readonly [name: string]: Value }

function element(name: string, value: Value): Buffer {
  const key = Buffer.from(`${name}\0`)
  const head = (type: number): Buffer => Buffer.concat([Buffer.from([type]), key])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32LE(value)
    return Buffer.concat([head(0x10), bytes])
  }
  if (typeof value === 'bigint') {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(value)
    return Buffer.concat([head(0x12), bytes])
  }
  if (typeof value === 'boolean') return Buffer.concat([head(0x08), Buffer.from([value ? 1 : 0])])
  if (typeof value === 'string') {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32LE(Buffer.byteLength(value) + 1)
    return Buffer.concat([head(0x02), bytes, Buffer.from(`${value}\0`)])
  }
  return Buffer.concat([head(Array.isArray(value) ? 0x04 : 0x03), document(value)])
}

function document(value: object): Buffer {
  const body = Buffer.concat(Object.entries(value).map(([name, one]) => element(name, one as Value)))
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(body.length + 5)
  return Buffer.concat([bytes, body, Buffer.from([0])])
}

const hello = {
  ok: 1,
  helloOk: true,
  ismaster: true,
  isWritablePrimary: true,
  minWireVersion: 0,
  maxWireVersion: 21,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
}

function answerTo(message: Buffer): object {
  const text = message.toString('latin1')
  if (/hello|ismaster/i.test(text.slice(0, 120))) return hello
  if (text.includes('$sevenfold')) return { ok: 0, code: 2, codeName: 'BadValue', errmsg: 'unknown operator' }
  if (text.includes('find\0') || text.includes('aggregate\0'))
    return { ok: 1, cursor: { id: 0n, ns: 'shop.users', firstBatch: [{ name: 'found' }] } }
  return { ok: 1, n: 1 }
}

function reply(message: Buffer): Buffer | undefined {
  const operation = message.readInt32LE(12)
  const body = document(answerTo(message))
  const head = Buffer.alloc(operation === opQuery ? 36 : 21)
  if (operation === opQuery) {
    head.writeInt32LE(opReply, 12)
    head.writeInt32LE(1, 32)
  } else if (operation === opMessage) head.writeInt32LE(opMessage, 12)
  else return undefined
  head.writeInt32LE(head.length + body.length, 0)
  head.writeInt32LE(message.readInt32LE(4), 8)
  return Buffer.concat([head, body])
}

/** Starts it on a port of its own. */
export async function startFakeMongodb(): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((socket) => {
    let unread = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (piece: Buffer) => {
      unread = Buffer.concat([unread, piece])
      while (unread.length >= 16 && unread.length >= unread.readInt32LE(0)) {
        const length = unread.readInt32LE(0)
        const answer = reply(unread.subarray(0, length))
        if (answer !== undefined) socket.write(answer)
        unread = unread.subarray(length)
      }
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return { url: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/shop`, server }
}
