import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import type { EdgeConfig } from '@sevenfold/config'
import { createMemoryLog } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultHttpLimits } from '../src/http/limits.ts'
import { createSocketEngine } from '../src/http/socket-engine.ts'
import type { HttpEngine } from '../src/http/exchange.ts'
import { SiteDoors } from '../src/worker/site-doors.ts'
import { recordingHandler } from './support/drive-engine.ts'
import { edgeConfig, siteConfig } from './support/edge-process.ts'
import { RawClient } from './support/raw-client.ts'
import { testAuthority, testCertificate } from './support/test-certificates.ts'

const day = 86_400_000
let folder = ''
let engine: HttpEngine
let expiries: number[] = []
const log = createMemoryLog()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-doors-'))
  expiries = []
  engine = createSocketEngine({
    limits: defaultHttpLimits,
    handler: recordingHandler({ requests: [], refusals: [] }),
    monotonicMs: () => performance.now(),
  })
})
afterEach(async () => {
  await engine.close(0)
  rmSync(folder, { recursive: true, force: true })
})

function doorsOf(...sites: readonly Record<string, unknown>[]): SiteDoors {
  return new SiteDoors({
    engine,
    config: edgeConfig(sites) as unknown as EdgeConfig, // as the compiler writes it
    dataDir: folder,
    log,
    onExpiry: (ms) => void expiries.push(ms),
  })
}

async function writePair(name: string, names: readonly string[], days: number): Promise<object> {
  const made = await testCertificate({ names, notAfter: new Date(Date.now() + days * day) })
  const pair = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) }
  writeFileSync(pair.key, made.key)
  writeFileSync(pair.certificate, made.certificate)
  return pair
}

function secure(name: string, pair: object, hosts: readonly string[] = ['*']): Record<string, unknown> {
  return siteConfig(name, 1, { hosts, tls: { certificates: [pair], http2: true } })
}

async function serialOf(port: number, servername: string): Promise<string> {
  const socket = tls.connect({ port, host: '127.0.0.1', servername, ca: (await testAuthority()).certificate })
  await once(socket, 'secureConnect')
  const serial = socket.getPeerX509Certificate()?.serialNumber ?? ''
  socket.destroy()
  return serial
}

describe('the doors of the sites', () => {
  it('tell the earliest end of all certificates', async () => {
    const far = await writePair('a', ['a.test'], 60)
    const near = await writePair('b', ['b.test'], 20)
    await doorsOf(secure('a', far), secure('b', near)).open()
    expect(expiries).toHaveLength(1)
    expect(Math.abs((expiries[0] ?? 0) - (Date.now() + 20 * day))).toBeLessThan(10_000)
  })

  it('take over changed files, tell the new end, and keep the old certificate when the new files are wrong', async () => {
    const pair = await writePair('a', ['a.test'], 20)
    const doors = doorsOf(secure('a', pair))
    const [door] = await doors.open()
    const port = door?.listening.port ?? 0
    const first = await serialOf(port, 'a.test')
    await writePair('a', ['a.test'], 90)
    doors.look()
    const second = await serialOf(port, 'a.test')
    expect(second).not.toBe(first)
    expect(expiries).toHaveLength(2)
    writeFileSync(join(folder, 'a.pem'), 'no certificate')
    doors.look()
    expect(await serialOf(port, 'a.test')).toBe(second)
    expect(log.lines.some(({ event }) => event === 'certificate-unusable')).toBe(true)
  })

  it('do not open with a key that does not fit, and name the files', async () => {
    await writePair('a', ['a.test'], 20)
    await writePair('b', ['b.test'], 20)
    const pair = { certificate: join(folder, 'a.pem'), key: join(folder, 'b.key') }
    await expect(doorsOf(secure('a', pair)).open()).rejects.toMatchObject({
      code: 'EDGE_CERTIFICATE',
      message: expect.stringMatching(/site a: .*a\.pem and .*b\.key cannot be used together/) as string,
    })
  })

  it('are shared by sites with the same address, each with its own certificate', async () => {
    const { freePort } = await import('./support/free-port.ts')
    const listen = { host: '127.0.0.1', port: await freePort() }
    const a = { ...secure('a', await writePair('a', ['a.test'], 20), ['a.test']), listen }
    const b = { ...secure('b', await writePair('b', ['b.test'], 20), ['b.test']), listen }
    const doors = await doorsOf(a, b).open()
    expect(new Set(doors.map(({ listening }) => listening.id)).size).toBe(1)
    expect(await serialOf(listen.port, 'a.test')).not.toBe(await serialOf(listen.port, 'b.test'))
  })

  it('have no limits where a proof switched the step off, and all of them elsewhere', async () => {
    const [free] = await doorsOf(siteConfig('free', 1, { steps: { limits: 'off' } })).open()
    const [bound] = await doorsOf(siteConfig('bound', 1)).open()
    const many = Array.from({ length: 300 }, (_, i) => `X-${i}: y\r\n`).join('')
    const ask = async (port: number): Promise<number> => {
      const client = await RawClient.connect(port)
      const { status } = await client.get('/', many)
      client.close()
      return status
    }
    expect(await ask(free?.listening.port ?? 0)).toBe(200)
    expect(await ask(bound?.listening.port ?? 0)).toBe(431)
  })
})
