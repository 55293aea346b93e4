// What 10,000 idle keep-alive connections cost one worker.
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rssMegabytes } from '../parts/process-usage.ts'
import { startUpstream } from './nginx.ts'
import { startWorker } from './start-worker.ts'

const count = Number(process.env['BENCH_IDLE'] ?? 10_000)
const limitMegabytes = 120

/** Opens a connection, asks once, and keeps it. */
function keep(port: number, index: number): Promise<Socket> {
  const localAddress = `127.9.${(index >> 8) & 255}.${1 + (index & 127)}`
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', localAddress })
    socket.once('error', reject)
    socket.once('connect', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))
    socket.once('data', () => {
      socket.off('error', reject)
      socket.on('error', () => undefined)
      socket.resume()
      resolve(socket)
    })
  })
}

const folder = mkdtempSync(join(tmpdir(), 'sevenfold-bench-idle-'))
try {
  const upstream = await startUpstream(folder, 1024)
  const edge = await startWorker(folder, upstream.port, {
    name: 'edge',
    events: 'none',
    env: { BENCH_KEEP_ALIVE_MS: '600000' },
  })
  const sockets: Socket[] = []
  for (let index = 0; index < 200; index += 1) sockets.push(await keep(edge.port, index))
  const before = rssMegabytes(edge.pid)
  const started = sockets.length
  while (sockets.length < started + count) {
    const batch = Array.from({ length: 100 }, (_, index) => keep(edge.port, sockets.length + index))
    sockets.push(...(await Promise.all(batch)))
  }
  const grown = rssMegabytes(edge.pid) - before
  const holds = grown <= limitMegabytes
  console.log(
    `${count} idle keep-alive connections: RSS ${before.toFixed(0)} + ${grown.toFixed(0)} MB; limit + ${limitMegabytes} MB: ${holds ? 'holds' : 'OVER'}`,
  )
  for (const socket of sockets) socket.destroy()
  await edge.stop()
  await upstream.stop()
  if (!holds) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
