import { createServer } from 'node:net'
import { join } from 'node:path'
import { createTemporaryFolder, startRecordingServer } from '@sevenfold/testkit'
import type { ScriptedAnswer, TemporaryFolder } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSocketClient, maxAnswerBytes } from './socket-client.ts'

let folder: TemporaryFolder
const cleanups: (() => Promise<unknown> | void)[] = []
beforeEach(() => {
  folder = createTemporaryFolder()
  cleanups.push(() => folder.remove())
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function post(
  answer: ScriptedAnswer,
): Promise<{ status: number; retryAfterSeconds: number | undefined; text: string }> {
  const socketPath = join(folder.path, 's.sock')
  const server = await startRecordingServer({ socketPath, answer: () => answer })
  cleanups.push(() => server.close())
  const client = createSocketClient(socketPath)
  cleanups.push(() => client.close())
  const result = await client.post({ path: '/x', headers: { 'x-a': '1' }, body: Buffer.from('body') })
  expect(server.requests[0]).toMatchObject({
    method: 'POST',
    url: '/x',
    headers: { 'x-a': '1', 'content-length': '4' },
  })
  return result
}

describe('the socket client', () => {
  it('gives status and text', async () => {
    expect(await post({ status: 201, body: 'héllo' })).toEqual({
      status: 201,
      retryAfterSeconds: undefined,
      text: 'héllo',
    })
  })

  it.each([
    ['7', 7],
    ['999999', 3600],
    ['-1', undefined],
    ['soon', undefined],
    ['1e3', undefined],
  ])('reads Retry-After %s as %s', async (value, expected) => {
    expect((await post({ status: 429, headers: { 'retry-after': value } })).retryAfterSeconds).toBe(expected)
  })

  it('takes an answer of the longest length and refuses a longer one', async () => {
    expect((await post({ body: 'x'.repeat(maxAnswerBytes) })).text).toHaveLength(maxAnswerBytes)
    await cleanups
      .splice(1)
      .toReversed()
      .reduce((done, run) => done.then(async () => void (await run())), Promise.resolve())
    await expect(post({ body: 'x'.repeat(maxAnswerBytes + 1) })).rejects.toThrow('longer than')
  })

  it('fails when nobody listens, and when the other side hangs up or speaks no HTTP', async () => {
    const client = createSocketClient(join(folder.path, 'nobody.sock'))
    await expect(client.post({ path: '/', headers: {}, body: Buffer.alloc(0) })).rejects.toThrow('ENOENT')
    client.close()
    await expect(post({ hangUp: true })).rejects.toThrow()
    const path = join(folder.path, 'raw.sock')
    const raw = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.resume()
      socket.end('SSH-2.0-hello\r\n')
    })
    await new Promise<void>((resolve) => void raw.listen(path, resolve))
    const other = createSocketClient(path)
    await expect(other.post({ path: '/', headers: {}, body: Buffer.alloc(0) })).rejects.toThrow()
    other.close()
    await new Promise((resolve) => raw.close(resolve))
  })
})
