import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLayer } from '@sevenfold/layer'
import type { StartedLayer } from '@sevenfold/layer'
import type { RuntimeConfig } from '@sevenfold/config'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runtimeLayer } from '../src/forwarder/runtime-layer.ts'
import { isBuilt, startApp } from './start-app.ts'

async function until<T>(get: () => T | undefined, what: string): Promise<T> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const value = get()
    if (value !== undefined) return value
    if (Date.now() > deadline) throw new Error(`${what} did not come`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('the forwarder', () => {
  let dataDir = ''
  let layer: StartedLayer<RuntimeConfig>
  let socketPath = ''

  const events = (): string => {
    const spool = join(dataDir, 'runtime', 'spool')
    const files = existsSync(spool)
      ? readdirSync(spool, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.seg'))
      : []
    return files.map((name) => readFileSync(join(spool, name), 'utf8')).join('')
  }

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'sf-rt-'))
    mkdirSync(join(dataDir, 'runtime'), { mode: 0o700 })
    writeFileSync(
      join(dataDir, 'runtime', 'config.json'),
      JSON.stringify({ v: 1, spoolBytes: 16_777_216, mode: 'enforce' }),
    )
    const silent = (): void => undefined
    const log = { debug: silent, info: silent, warn: silent, error: silent }
    layer = await startLayer(runtimeLayer, { dataDir, log })
    socketPath = join(dataDir, 'runtime', 'sensor.sock')
  })

  afterAll(async () => {
    await layer.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  it('listens on a socket, and keeps its token, for this user alone', () => {
    expect(statSync(socketPath).mode & 0o777).toBe(0o600)
    expect(statSync(`${socketPath}.token`).mode & 0o777).toBe(0o600)
  })

  it.each([
    [
      'another token',
      '{"type":"hello","v":1,"token":"no","service":"x","pid":1,"node":"v20","unprotected":[]}\n',
    ],
    ['an event before hello', '{"type":"event","n":1,"event":{}}\n'],
    ['no JSON', 'hello\n'],
    ['a line without an end', 'x'.repeat(70_000)],
  ])('closes a connection with %s', async (_name, text) => {
    const socket = createConnection(socketPath, () => socket.write(text))
    socket.on('error', () => undefined)
    await new Promise((resolve) => socket.on('close', resolve))
    expect(socket.destroyed).toBe(true)
  })

  it.skipIf(!isBuilt)(
    'signs what an application refused, sets its mode, and says when it ends (needs a build)',
    async () => {
      const app = await startApp({
        entry: 'app.cjs',
        env: {
          SEVENFOLD_RUNTIME_MODE: 'monitor',
          SEVENFOLD_RUNTIME_SOCKET: socketPath,
          SEVENFOLD_SERVICE: 'weak-app',
        },
      })
      try {
        await until(() => (events().includes('sensor-started') ? true : undefined), 'the hello')
        // The policy overrules the environment; it follows the hello at once.
        let answer = ''
        const deadline = Date.now() + 10_000
        while (answer !== 'throw SEVENFOLD_REFUSED' && Date.now() < deadline)
          answer = (
            await app.ask('/read-sync?q=../private.txt', { headers: { 'x-sevenfold-trace': 't-77' } })
          ).text
        expect(answer).toBe('throw SEVENFOLD_REFUSED')
        const line = await until(
          () =>
            events()
              .split('\n')
              .find((text) => text.includes('"action":"block"')),
          'the block',
        )
        expect(JSON.parse(line)).toMatchObject({
          sevenfold: {
            kind: 'block',
            layer: 'runtime',
            site: 'weak-app',
            judgement: { step: 'runtime', verdict: 'block' },
          },
          trace: { id: 't-77' },
          source: { ip: '127.0.0.1' },
        })
      } finally {
        await app.stop()
      }
      await until(() => (/sensor-(?:ended|lost)/.test(events()) ? true : undefined), 'the end')
    },
  )
})
