import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseResponseHead, responseHeaderCount } from './parse-response-head.ts'

interface ResponseVector {
  readonly name: string
  readonly raw: string
  readonly outcome: string
  readonly contentLength?: number
  readonly chunked?: boolean
  readonly keepAlive?: boolean
}

const vectors = JSON.parse(
  readFileSync(new URL('testdata/responses.json', import.meta.url), 'utf8'),
) as ResponseVector[]

function accepted(raw: string) {
  const head = parseResponseHead(raw)
  if ('refused' in head) throw new Error(head.code)
  return head
}

describe('parseResponseHead', () => {
  for (const vector of vectors.filter(({ outcome }) => outcome === 'accept')) {
    it(`accepts ${vector.name}`, () => {
      const { contentLength, chunked, keepAlive } = accepted(vector.raw)
      expect({ contentLength, chunked, keepAlive }).toEqual({
        contentLength: vector.contentLength,
        chunked: vector.chunked,
        keepAlive: vector.keepAlive,
      })
    })
  }

  for (const vector of vectors.filter(({ outcome }) => outcome !== 'accept')) {
    it(`refuses ${vector.name}`, () => {
      const head = parseResponseHead(vector.raw)
      expect('refused' in head ? head.code : 'accept').toBe(vector.outcome)
    })
  }

  it('removes framing, hop-by-hop headers, nominated headers and claims of ours', () => {
    const head = accepted(
      'HTTP/1.1 200 OK\r\nServer: x\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=7\r\nContent-Length: 1\r\nX-Request-Id: forged\r\nX-Sevenfold-Trace: forged\r\nContent-Type: a/b\r\n',
    )
    expect(head.fields).toBe('Server: x\r\nContent-Type: a/b\r\n')
    expect(head.keepAliveSeconds).toBe(7)
  })

  it('reads 101 with Upgrade: websocket as an upgrade and nothing else', () => {
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'
    expect(accepted(`HTTP/1.1 101 Switching Protocols\r\n${upgrade}`).upgrade).toBe(true)
    expect(accepted(`HTTP/1.1 200 OK\r\n${upgrade}`).upgrade).toBe(false)
    expect(
      accepted('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n').upgrade,
    ).toBe(false)
  })

  it('takes as many headers as its limit and not one more', () => {
    const status = 'HTTP/1.1 200 OK\r\n'
    expect('refused' in parseResponseHead(status + 'a: b\r\n'.repeat(responseHeaderCount))).toBe(false)
    expect('refused' in parseResponseHead(status + 'a: b\r\n'.repeat(responseHeaderCount + 1))).toBe(true)
  })
})
