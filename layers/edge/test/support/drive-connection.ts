import type { Buffer } from 'node:buffer'
import { ClientConnection } from '../../src/http/client-connection.ts'
import type { ConnectionHost } from '../../src/listen/served.ts'
import { defaultHttpLimits } from '../../src/http/limits.ts'
import { Newcomers } from '../../src/listen/newcomers.ts'
import type { HttpLimits } from '../../src/http/limits.ts'
import { recordingHandler } from './drive-engine.ts'
import type { Seen } from './drive-engine.ts'
import { MemorySocket, asSocket } from './memory-socket.ts'

/** Feeds pieces to one connection of the engine; everything happens at once, without a network. */
export function driveConnection(pieces: readonly Buffer[], limits: Partial<HttpLimits> = {}): Seen {
  const seen: Seen = { requests: [], refusals: [] }
  const host: ConnectionHost = {
    limits: { ...defaultHttpLimits, ...limits },
    handler: recordingHandler(seen),
    now: 0,
    closing: false,
    newcomers: new Newcomers(() => 0),
  }
  const socket = new MemorySocket()
  const peer = {
    address: '127.0.0.1',
    port: 1,
    localAddress: '127.0.0.1',
    localPort: 2,
    listener: 1,
    tls: null,
    note: null,
  }
  const connection = new ClientConnection(asSocket(socket), peer, host)
  for (const piece of pieces) socket.deliver(piece)
  connection.destroy()
  return seen
}

/** All ways in which the streaming tests cut a message: whole, in two at every place, byte by byte. */
export function cuts(bytes: Buffer): Buffer[][] {
  const ways: Buffer[][] = [[bytes]]
  for (let at = 1; at < bytes.length; at += 1) ways.push([bytes.subarray(0, at), bytes.subarray(at)])
  ways.push(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))
  return ways
}
