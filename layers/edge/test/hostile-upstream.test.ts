import { afterEach, beforeEach, expect, it } from 'vitest'
import { mutate, randomOf } from './support/mutate.ts'
import { RawClient } from './support/raw-client.ts'
import { RawUpstream } from './support/raw-upstream.ts'
import { TestEdge } from './support/test-edge.ts'

const runs = Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 600)
const seed = Number(process.env['SEVENFOLD_FUZZ_SEED'] ?? 20_260_102)

const answers = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n',
  'HTTP/1.1 204 No Content\r\nX: y\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end',
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
]

let upstream: RawUpstream
let edge: TestEdge

beforeEach(async () => {
  upstream = await RawUpstream.start()
  edge = await TestEdge.start({
    sites: [{ upstreamPort: upstream.port }],
    limits: {
      upstreamResponseTimeoutMs: 3000,
      upstreamBodyTimeoutMs: 3000,
      requestsPerConnection: 1_000_000,
    },
  })
})

afterEach(async () => {
  await edge.close()
  await upstream.close()
})

it(
  `gives every client an answer or an end, and stays sound, whatever ${runs} mutated answers hold (seed ${seed})`,
  {
    timeout: 3_600_000,
  },
  async () => {
    const random = randomOf(seed)
    const good = await RawClient.connect(edge.port)
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine'
    for (let run = 0; run < runs; run += 1) {
      const bytes = mutate(answers, random)
      upstream.onRequest = ({ head, socket }) => {
        if (head.startsWith('GET /good')) {
          socket.write(text)
          return
        }
        const at = random(bytes.length + 1)
        socket.write(bytes.subarray(0, at))
        setImmediate(() => socket.end(bytes.subarray(at)))
      }
      const client = await RawClient.connect(edge.port)
      client.send('GET /bad HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      // Ends in every case: with the answer, with 502 or 504, or broken off.
      const received = await client.closed()
      if (received !== '')
        expect(received, JSON.stringify(bytes.toString('latin1'))).toMatch(/^HTTP\/1\.1 \d{3} /)
      client.close()
      const answer = await good.get('/good')
      expect([answer.status, answer.body], JSON.stringify(bytes.toString('latin1'))).toEqual([200, 'fine'])
    }
    good.close()
  },
)
