import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBuilt, startApp } from './start-app.ts'
import type { App } from './start-app.ts'

const script = '<script>f()</script>'

/** An archive as far as its first local header (APPNOTE 4.3.7). */
function zipOf(name: string): string {
  const head = Buffer.alloc(30)
  head.write('PK\u0003\u0004', 'latin1')
  head.writeUInt16LE(name.length, 26)
  return head.toString('latin1') + name
}

describe.skipIf(!isBuilt)(
  'an application that handles no refusal (needs a build)',
  { timeout: 120_000 },
  () => {
    let app: App
    beforeAll(async () => {
      app = await startApp({ entry: 'unseen.cjs' })
    })
    afterAll(async () => {
      await app.stop()
    })

    it.each(['unhandled', 'wrapped', 'throws'])('lives on and answers 403: %s', async (way) => {
      expect(await app.send(way, 'a.txt')).toMatchObject({ status: 200, text: 'public' })
      expect(await app.send(way, '../private.txt')).toMatchObject({ status: 403, text: 'refused\n' })
      expect(await app.send(way, 'a.txt')).toMatchObject({ status: 200, text: 'public' })
      expect(app.errors()).toContain('SEVENFOLD_REFUSAL_UNHANDLED')
    })

    it('cuts an answer off that has begun', async () => {
      expect((await app.send('begun', 'a.txt')).text).toBe('begun public')
      await expect(app.send('begun', '../private.txt')).rejects.toThrow()
      expect((await app.send('begun', 'a.txt')).text).toBe('begun public')
    })

    it('is judged with the inputs of each request on a connection that one of them opened', async () => {
      expect((await app.send('line', 'one')).text).toBe('one\n')
      expect((await app.send('line', ';id')).text).toBe('SEVENFOLD_REFUSED')
      expect((await app.send('line', 'two')).text).toBe('two\n')
    })

    it('sends visitors to sites that its own sources name, and to no others', async () => {
      expect(await app.send('redirect', 'https://partner.example/terms')).toMatchObject({ status: 302 })
      expect(await app.send('redirect', 'https://partner.example/')).toMatchObject({ status: 403 })
    })

    it('shows stored markup in a page whose length was announced and that comes in two pieces', async () => {
      await app.send('keep', script)
      const answer = await app.send('split', '')
      expect(answer.text).toBe('<p>&lt;script&gt;f()&lt;/script&gt;</p>')
      expect(answer.headers['content-length']).toBe(String(answer.text.length))
    })

    it('compiles a view whose name is the address', async () => {
      expect(await app.ask('/admin/users')).toMatchObject({
        status: 200,
        text: '<form action="/admin/users">',
      })
    })

    it('finds modules from where a function that imports was made', async () => {
      expect((await app.send('import', './named.mjs')).text).toBe('named named anonymous 1')
    })

    it('unpacks archives inside its folder only', async () => {
      const headers = { 'content-type': 'application/zip' }
      expect((await app.ask('/unpack', { body: zipOf('in.txt'), headers })).text).toBe('unpacked')
      expect((await app.ask('/unpack', { body: zipOf('../../out.txt'), headers })).status).toBe(403)
      expect(existsSync(join(app.folder, '..', 'out.txt'))).toBe(false)
    })
  },
)

describe.skipIf(!isBuilt)(
  'an application with a fault of its own (needs a build)',
  { timeout: 120_000 },
  () => {
    it('ends by it as without the agent', async () => {
      const app = await startApp({ entry: 'unseen.cjs' })
      await app.send('own-fault', '')
      await expect.poll(() => app.isRunning(), { timeout: 60_000 }).toBe(false)
      expect(app.errors()).toContain('a fault of its own')
      await app.stop()
    })
  },
)
