import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:net'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createCertificateAuthority } from '@sevenfold/testkit'
import type { CertificateAuthority, CertificateWish, TemporaryFolder } from '@sevenfold/testkit'
import { ask, createTemporaryFolder, startHouse } from './house.ts'
import type { House } from './house.ts'
import { findProgram, until } from './namespaces.ts'

const curl = findProgram('curl')
let authority: CertificateAuthority
let stranger: CertificateAuthority
beforeAll(async () => {
  authority = await createCertificateAuthority('Ours')
  stranger = await createCertificateAuthority('Theirs')
})

let folder: TemporaryFolder
let house: House | undefined
beforeEach(() => void (folder = createTemporaryFolder()))
afterEach(async () => {
  await house?.stop()
  house = undefined
  folder.remove()
})

const at = (name: string): string => join(folder.path, name)

async function put(name: string, wish: CertificateWish, by = authority): Promise<string> {
  const { certificate, key } = await by.issue(wish)
  writeFileSync(at(`${name}.pem`), certificate)
  writeFileSync(at(`${name}.key`), key)
  return certificate
}

const client = (name: string, unit: string | undefined, by = authority): Promise<string> =>
  put(name, { names: [name], client: true, ...(unit === undefined ? {} : { unit }) }, by)

interface Setting {
  readonly host?: string
  readonly clients?: object
  readonly trusted?: readonly string[]
}

async function start({ host = '127.0.0.1', clients, trusted = [] }: Setting = {}): Promise<House> {
  writeFileSync(at('ca.pem'), authority.certificate)
  await put('server', { names: [host, '127.0.0.1'] })
  const files = { certificate: at('server.pem'), key: at('server.key') }
  const tls = clients === undefined ? files : { ...files, clients }
  const api = { listen: { host, port: 0 }, hosts: ['localhost'], bouncers: [], tls }
  house = await startHouse(folder.path, { api, trusted })
  return house
}

const withClients = (more: object = {}): object => ({
  ca: at('ca.pem'),
  bouncerUnits: ['bouncer-ou'],
  agentUnits: ['agent-ou'],
  ...more,
})

interface Fetched {
  readonly status: number
  readonly body: string
}

/** Asks with curl, which trusts our authority. Status 0: no answer came. */
function fetched(path: string, args: readonly string[] = []): Promise<Fetched> {
  const all = ['-sS', '--max-time', '20', '--cacert', at('ca.pem'), '-w', '\n%{http_code}', ...args]
  return new Promise((resolve) => {
    execFile(curl ?? 'curl', [...all, `${house?.url ?? ''}${path}`], (_error, stdout) => {
      const end = stdout.lastIndexOf('\n')
      resolve({ status: Number(stdout.slice(end + 1)), body: stdout.slice(0, Math.max(0, end)) })
    })
  })
}
const asClient = (name: string): string[] => ['--cert', at(`${name}.pem`), '--key', at(`${name}.key`)]

async function key(): Promise<string> {
  const body = { name: 'nginx' }
  const added = await ask(house?.socket ?? '', { method: 'POST', path: '/v1/bouncers', body })
  return (JSON.parse(added.body) as { key: string }).key
}

/** An address of this machine that is none of loopback. */
const ownAddress = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

describe('the Local API beyond loopback', () => {
  it.each(['0.0.0.0', '192.0.2.1', '::'])('is not opened on %s without encryption', async (host) => {
    const api = { listen: { host, port: 0 }, hosts: ['localhost'], bouncers: [] }
    await expect(startHouse(folder.path, { api })).rejects.toThrow(/needs detection\.api\.tls/)
  })

  it('is not opened with files that cannot be used, and says which', async () => {
    writeFileSync(at('server.pem'), 'nothing')
    writeFileSync(at('server.key'), 'nothing')
    const tls = { certificate: at('server.pem'), key: at('server.key') }
    const api = { listen: { host: '127.0.0.1', port: 0 }, hosts: ['localhost'], bouncers: [], tls }
    await expect(startHouse(folder.path, { api })).rejects.toThrow(/server\.pem holds no certificate/)
  })

  it.skipIf(curl === undefined || ownAddress === undefined)(
    'serves with encryption whom admin.trusted names, and hangs up on others (needs curl and an address)',
    async () => {
      const host = ownAddress ?? ''
      await start({ host, trusted: [`${host}/32`] })
      const header = ['-H', `X-Api-Key: ${await key()}`]
      expect(await fetched('/v1/decisions', header)).toEqual({ status: 200, body: 'null' })
      expect((await fetched('/v1/decisions')).status).toBe(403)
      expect((await fetched('/v1/decisions', [...header, '-H', 'Host: rebound.example'])).status).toBe(421)
      await house?.stop()
      await start({ host, trusted: ['198.19.255.0/24'] })
      expect((await fetched('/v1/decisions', header)).status).toBe(0)
      expect(house?.log.events()).toContain('api-peer-refused')
    },
  )
})

describe.skipIf(curl === undefined)('the Local API with encryption (needs curl)', () => {
  it('answers keys over TLS, refuses plain HTTP, and outlives clients that are none', async () => {
    await start()
    const header = ['-H', `X-Api-Key: ${await key()}`]
    expect((await fetched('/v1/decisions', header)).body).toBe('null')
    expect((await fetched('/v1/decisions', [...header, '--tls-max', '1.1'])).status).toBe(0)
    expect((await fetched('/v1/decisions', [...header, '--tls-max', '1.2'])).status).toBe(200)
    const { port, hostname } = new URL(house?.url ?? '')
    for (const nonsense of [
      'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
      '\0'.repeat(50_000),
      '\x16\x03\x01',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => socket.end(nonsense))
        socket.on('error', () => undefined)
        socket.on('close', () => resolve())
        socket.resume()
      })
    }
    expect((await fetched('/health')).body).toBe('{"status":"up"}')
  })

  it('takes a bouncer by its certificate alone, and gives each its own place in the stream', async () => {
    await start({ clients: withClients() })
    await client('gate', 'bouncer-ou')
    await client('other', 'bouncer-ou')
    const ban = (value: string) =>
      ask(house?.socket ?? '', { method: 'POST', path: '/v1/decisions', body: { value } })
    const stream = async (name: string, startup = false): Promise<string[]> => {
      const { body } = await fetched(`/v1/decisions/stream?startup=${startup}`, asClient(name))
      return (JSON.parse(body) as { new: { value: string }[] }).new.map(({ value }) => value)
    }
    await ban('198.18.0.1')
    expect(await stream('gate', true)).toEqual(['198.18.0.1'])
    await ban('198.18.0.2')
    expect(await stream('gate')).toEqual(['198.18.0.2'])
    expect(await stream('other', true)).toEqual(['198.18.0.1', '198.18.0.2'])
    // It reads; what agents and people do is not for it.
    expect((await fetched('/v1/alerts', asClient('gate'))).status).toBe(403)
    expect((await fetched('/v1/decisions', [...asClient('gate'), '-X', 'DELETE'])).status).toBe(403)
    const listed = await ask(house?.socket ?? '', { path: '/v1/bouncers' })
    expect(JSON.parse(listed.body)).toMatchObject([
      { name: 'gate@127.0.0.1', certificate: true, address: '127.0.0.1' },
      { name: 'other@127.0.0.1', certificate: true },
    ])
  })

  it('lets an agent log in by its certificate, as one that is not trusted', async () => {
    await start({ clients: withClients() })
    await client('web1', 'agent-ou')
    const login = async (): Promise<{ token: string }> => {
      const post = ['-X', 'POST', '-H', 'content-type: application/json', '-d', '{"scenarios":[]}']
      const answer = await fetched('/v1/watchers/login', [...asClient('web1'), ...post])
      expect(answer.status).toBe(200)
      return JSON.parse(answer.body) as { token: string }
    }
    await login()
    const { token } = await login()
    expect((await fetched('/v1/heartbeat', ['-H', `Authorization: Bearer ${token}`])).status).toBe(200)
    // The certificate alone is for logging in.
    expect((await fetched('/v1/heartbeat', asClient('web1'))).status).toBe(401)
    expect((await fetched('/v1/decisions', asClient('web1'))).status).toBe(403)
    const machines = await ask(house?.socket ?? '', { path: '/v1/machines' })
    expect(JSON.parse(machines.body)).toMatchObject([
      { name: 'web1@127.0.0.1', validated: true, trusted: false },
    ])
    const path = '/v1/machines/web1%40127.0.0.1'
    expect((await ask(house?.socket ?? '', { method: 'POST', path, body: { trusted: true } })).status).toBe(
      200,
    )
    expect((await ask(house?.socket ?? '', { method: 'DELETE', path })).status).toBe(204)
    expect((await fetched('/v1/heartbeat', ['-H', `Authorization: Bearer ${token}`])).status).toBe(401)
  })

  it('believes no certificate of somebody else, of no unit, of another use, or that has ended, and says why', async () => {
    await start({ clients: withClients() })
    const valid = ['-H', `X-Api-Key: ${await key()}`]
    await client('stranger', 'bouncer-ou', stranger)
    await client('nobody', undefined)
    await client('staff', 'staff')
    await put('web', { names: ['web'], unit: 'bouncer-ou' })
    await put('ended', {
      names: ['ended'],
      unit: 'bouncer-ou',
      client: true,
      notAfter: new Date(Date.now() - 1_000),
    })
    await client('a name of words', 'bouncer-ou')
    for (const [name, why] of [
      ['stranger', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      ['nobody', 'its unit (OU) is none'],
      ['staff', 'its unit (OU) is none'],
      ['web', 'INVALID_PURPOSE'],
      ['ended', 'CERT_HAS_EXPIRED'],
      ['a name of words', 'its common name'],
    ] as const) {
      // Not even with a key that is right: a client that shows a wrong certificate is not what it seems.
      for (const args of [[], valid]) {
        const { status, body } = await fetched('/v1/decisions', [...asClient(name), ...args])
        expect([name, status, body]).toEqual([name, 403, expect.stringContaining(why)])
      }
    }
    expect((await fetched('/v1/decisions', valid)).status).toBe(200)
  })

  it('does not ask for certificates where none are configured', async () => {
    await start()
    await client('gate', 'bouncer-ou')
    expect((await fetched('/v1/decisions', asClient('gate'))).status).toBe(403)
  })

  it('refuses revoked certificates, also those revoked while it runs', { timeout: 60_000 }, async () => {
    const first = await client('first', 'bouncer-ou')
    const second = await client('second', 'bouncer-ou')
    writeFileSync(at('crl.pem'), await authority.revoke([first]))
    await start({ clients: withClients({ revoked: at('crl.pem') }) })
    const { status, body } = await fetched('/v1/decisions', asClient('first'))
    expect([status, body]).toEqual([403, expect.stringContaining('CERT_REVOKED')])
    expect((await fetched('/v1/decisions', asClient('second'))).status).toBe(200)
    writeFileSync(at('crl.pem'), await authority.revoke([first, second]))
    const isOut = async (): Promise<boolean> =>
      (await fetched('/v1/decisions', asClient('second'))).status === 403
    expect(await until(isOut, 30_000)).toBe(true)
  })

  it('takes over a renewed certificate while it runs, and keeps the old one when the new cannot be used', async () => {
    await start()
    writeFileSync(at('server.pem'), 'half of a copy')
    expect(
      await until(() => house?.log.events().includes('api-certificates-not-loaded') === true, 30_000),
    ).toBe(true)
    expect((await fetched('/health')).status).toBe(200)
    const renewed = await createCertificateAuthority('Renewed')
    writeFileSync(at('ca.pem'), renewed.certificate)
    await put('server', { names: ['127.0.0.1'] }, renewed)
    expect(await until(async () => (await fetched('/health')).status === 200, 30_000)).toBe(true)
  }, 90_000)
})
