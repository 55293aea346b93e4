import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBuilt, startApp } from './start-app.ts'
import type { App } from './start-app.ts'

describe.skipIf(!isBuilt)('a request whose answer is whole (needs a build)', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp({ entry: 'following.cjs' })
  })
  afterAll(async () => {
    await app.stop()
  })

  it.each([
    'finish',
    'close',
    'request-close',
    'tick',
    'tick-arguments',
    'immediate',
    'timer',
    'microtask',
    'promise',
    'file',
    'stream',
  ])('is followed to what it left behind: %s', async (way) => {
    await app.send(way, '/etc/hostname')
    await expect.poll(async () => (await app.send('opened', '')).text, { timeout: 90_000 }).not.toBe('')
    expect((await app.send('opened', '')).text).toBe('SEVENFOLD_REFUSED')
  })
})
