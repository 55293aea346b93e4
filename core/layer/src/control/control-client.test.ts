import { createServer } from 'node:net'
import { join } from 'node:path'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { askControl } from './control-client.ts'

let folder: TemporaryFolder
const cleanups: (() => Promise<unknown>)[] = []
beforeEach(() => void (folder = createTemporaryFolder()))
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
  folder.remove()
})

/** Listens and answers every request with the text, hangs up on `undefined`, is silent on `null`. */
async function listen(answer: string | undefined | null): Promise<string> {
  const path = join(folder.path, 'c.sock')
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', () => {
      if (answer === undefined) socket.destroy()
      else if (answer !== null) socket.end(answer)
    })
  })
  await new Promise<void>((resolve) => void server.listen(path, resolve))
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  return path
}

const request = { id: '1', op: 'status', actor: 'a' } as const

describe('asking a control socket', () => {
  it('gives the answer', async () => {
    const path = await listen('{"id":"1","ok":true,"result":{"a":1}}\n')
    expect(await askControl(path, request)).toEqual({ id: '1', ok: true, result: { a: 1 } })
  })

  it('gives a refusal with its code', async () => {
    const path = await listen(
      '{"id":"1","ok":false,"error":{"code":"CONTROL_UNKNOWN_SITE","message":"no"}}\n',
    )
    expect(await askControl(path, request)).toEqual({
      id: '1',
      ok: false,
      error: { code: 'CONTROL_UNKNOWN_SITE', message: 'no' },
    })
  })

  it.each(['\n', 'nonsense\n', '[]\n', '{"id":7,"ok":true}\n', '{"id":"1"}\n', 'no newline'])(
    'fails on the answer %j',
    async (answer) => {
      await expect(askControl(await listen(answer), request)).rejects.toThrow('the control socket')
    },
  )

  it('fails when the part goes away, and when there is none', async () => {
    await expect(askControl(await listen(undefined), request)).rejects.toThrow('closed without an answer')
    await expect(askControl(join(folder.path, 'nobody.sock'), request)).rejects.toThrow('ENOENT')
  })

  it('fails when no answer comes in time', async () => {
    await expect(askControl(await listen(null), request, 50)).rejects.toThrow('within 50 ms')
  })
})
