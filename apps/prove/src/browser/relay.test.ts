import { createServer, connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { startRelay } from './relay.ts'

describe('startRelay', () => {
  it('passes bytes on from the address of the cell, both ways, and ends both sides together', async () => {
    const seen: (string | undefined)[] = []
    const server = createServer((socket) => {
      seen.push(socket.remoteAddress)
      socket.on('data', (chunk) => socket.end(`got ${chunk.toString()}`))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const relay = await startRelay({ host: '127.0.0.1', port, direct: false }, '127.9.8.7')
    const client = connect(relay.port, '127.0.0.1')
    client.write('hello')
    const [answer] = (await once(client, 'data')) as [Buffer]
    expect(answer.toString()).toBe('got hello')
    expect(seen).toEqual(['127.9.8.7'])
    client.end()
    await once(client, 'close')
    await relay.close()
    server.close()
    await once(server, 'close')
  })

  it('drops the browser when nobody listens behind it', async () => {
    const relay = await startRelay({ host: '127.0.0.1', port: 1, direct: false }, '127.9.8.7')
    const client = connect(relay.port, '127.0.0.1')
    await once(client, 'close')
    await relay.close()
  })
})
