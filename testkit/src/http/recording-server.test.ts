import { describe, expect, it } from 'vitest'
import { startRecordingServer } from './recording-server.ts'

describe('the recording server', () => {
  it('remembers requests and answers as told', async () => {
    const server = await startRecordingServer({
      answer: (request, index) => ({
        status: 201,
        headers: { 'x-index': String(index) },
        body: `got ${request.url}`,
      }),
    })
    const answer = await fetch(`${server.url}/a?b=1`, { method: 'POST', body: 'hello' })
    expect([answer.status, answer.headers.get('x-index'), await answer.text()]).toEqual([
      201,
      '0',
      'got /a?b=1',
    ])
    await server.received(1)
    const [request] = server.requests
    expect(request?.method).toBe('POST')
    expect(Buffer.from(request?.body ?? []).toString()).toBe('hello')
    expect(request?.remoteAddress).toBe('127.0.0.1')
    await server.close()
  })

  it('hangs up when told', async () => {
    const server = await startRecordingServer({ answer: () => ({ hangUp: true }) })
    await expect(fetch(server.url)).rejects.toThrow()
    await server.close()
  })
})
