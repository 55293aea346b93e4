import { X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { askControl } from '@sevenfold/layer'
import { startAcmeServer } from '@sevenfold/testkit'
import type { AcmeServer, AcmeServerOptions } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fetchCertificate } from '../src/acme/fetch-certificate.ts'
import type { AcmeWish, TokenBoard } from '../src/acme/fetch-certificate.ts'
import { EdgeFolder, EdgeProcess, edgeConfig, edgeMain, siteConfig } from './support/edge-process.ts'
import { RawClient } from './support/raw-client.ts'
import { RawUpstream } from './support/raw-upstream.ts'
import { testAuthority } from './support/test-certificates.ts'

const built = existsSync(edgeMain)
const day = 86_400_000

let folder = ''
let server: AcmeServer | undefined
let caPath = ''

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sf-acme-'))
  caPath = join(folder, 'ca.pem')
  writeFileSync(caPath, (await testAuthority()).certificate)
})
afterEach(async () => {
  await server?.close()
  server = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function startServer(options: Partial<AcmeServerOptions> = {}): Promise<AcmeServer> {
  server = await startAcmeServer({ authority: await testAuthority(), httpPort: () => 0, ...options })
  return server
}

function wish(directory: string, change: Partial<AcmeWish> = {}): AcmeWish {
  return {
    directory,
    domains: ['shop.example'],
    challenge: 'dns-01',
    dnsCommand: [process.execPath, join(folder, 'dns.mjs'), join(folder, 'zone')],
    ca: caPath,
    ...change,
  }
}

/** A program as operators have one: keeps records in a file. */
function writeDnsProgram(fails = false): void {
  writeFileSync(
    join(folder, 'dns.mjs'),
    fails
      ? "process.stderr.write('no rights for this zone'); process.exit(1)"
      : `import { appendFileSync } from 'node:fs'
const [zone, act, name, text] = process.argv.slice(2)
appendFileSync(zone, act + ' ' + name + ' ' + text + '\\n')`,
  )
}

function records(name: string): string[] {
  const lines = readFileSync(join(folder, 'zone'), 'utf8').trim().split('\n')
  return lines.filter((line) => line.startsWith(`add ${name} `)).map((line) => line.split(' ')[2] ?? '')
}

const noBoard: TokenBoard = { put: () => Promise.resolve(), remove: () => Promise.resolve() }
const target = (): string => join(folder, 'certificates')

describe('fetching a certificate', () => {
  it('proves a wildcard by the DNS program, and takes the record away again', async () => {
    writeDnsProgram()
    const { directory, issued } = await startServer({ txtRecords: records })
    await fetchCertificate(
      target(),
      wish(directory, { domains: ['shop.example', '*.shop.example'] }),
      noBoard,
    )
    expect(issued).toEqual([['shop.example', '*.shop.example']])
    const chain = readFileSync(join(target(), 'certificate.pem'), 'utf8')
    expect(new X509Certificate(chain).checkHost('a.shop.example')).toBe('*.shop.example')
    expect(chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    expect(() =>
      tls.createSecureContext({ cert: chain, key: readFileSync(join(target(), 'key.pem')) }),
    ).not.toThrow()
    expect(readFileSync(join(folder, 'zone'), 'utf8')).toContain('remove _acme-challenge.shop.example ')
  })

  it('uses the same account again', async () => {
    writeDnsProgram()
    const { directory } = await startServer({ txtRecords: records })
    await fetchCertificate(target(), wish(directory), noBoard)
    const key = readFileSync(join(target(), 'account.key'), 'utf8')
    await fetchCertificate(target(), wish(directory), noBoard)
    expect(readFileSync(join(target(), 'account.key'), 'utf8')).toBe(key)
  })

  it('leaves what was there when the authority finds the proof wrong', async () => {
    writeDnsProgram()
    let refuse = false
    const { directory } = await startServer({ txtRecords: records, refuse: () => refuse })
    await fetchCertificate(target(), wish(directory), noBoard)
    const before = readFileSync(join(target(), 'certificate.pem'), 'utf8')
    refuse = true
    await expect(fetchCertificate(target(), wish(directory), noBoard)).rejects.toThrow()
    expect(readFileSync(join(target(), 'certificate.pem'), 'utf8')).toBe(before)
  })

  it('says what the DNS program said', async () => {
    writeDnsProgram(true)
    const { directory } = await startServer({ txtRecords: () => [] })
    await expect(fetchCertificate(target(), wish(directory), noBoard)).rejects.toThrow(
      'no rights for this zone',
    )
  })

  it('does not talk to a directory that it cannot verify', async () => {
    writeDnsProgram()
    const { directory, issued } = await startServer({ txtRecords: records })
    const foreign = await import('@sevenfold/testkit').then((kit) =>
      kit.createCertificateAuthority('Another'),
    )
    writeFileSync(caPath, foreign.certificate)
    await expect(fetchCertificate(target(), wish(directory), noBoard)).rejects.toThrow(/certificate|verify/i)
    expect(issued).toEqual([])
  })
})

/** What a handshake showed of the site's certificate. */
interface Shown {
  readonly serialNumber: string
  readonly validTo: string
}

function shownBy(socket: tls.TLSSocket): Shown | undefined {
  const found = socket.getPeerX509Certificate()
  return found === undefined ? undefined : { serialNumber: found.serialNumber, validTo: found.validTo }
}

describe('an edge with acme', () => {
  it.skipIf(!built)(
    'answers http-01 on its plain address, serves the certificate, renews it, sends plain requests on, and reports its end (needs dist)',
    { timeout: 60_000 },
    async () => {
      const upstream = await RawUpstream.start()
      const data = new EdgeFolder()
      let port = 0
      let notAfter = new Date(Date.now() + 5 * day)
      const { directory } = await startServer({ httpPort: () => port, notAfter: () => notAfter })
      const acme = {
        directory,
        domains: [],
        challenge: 'http-01',
        dnsCommand: [],
        renewBeforeMs: 30 * day,
        ca: caPath,
      }
      const site = siteConfig('shop', upstream.port, {
        hosts: ['shop.example'],
        tls: {
          certificates: [],
          acme,
          http2: true,
          hstsMs: 1000 * 86_400,
          redirect: { host: '127.0.0.1', port: 0 },
        },
      })
      // The port of the plain address must be known to the authority before it is asked.
      const { freePort } = await import('./support/free-port.ts')
      port = await freePort()
      Object.assign(site['tls'] as object, { redirect: { host: '127.0.0.1', port } })
      data.configure(edgeConfig([site]))
      const edge = await EdgeProcess.start(data)
      const ca = (await testAuthority()).certificate
      const handshake = (): Promise<Shown | undefined> =>
        new Promise((resolve) => {
          const socket = tls.connect({ port: edge.port, host: '127.0.0.1', servername: 'shop.example', ca })
          socket.once('secureConnect', () => {
            resolve(shownBy(socket))
            socket.destroy()
          })
          socket.once('error', () => resolve(undefined))
        })
      const until = async (good: (found: Shown | undefined) => boolean): Promise<Shown | undefined> => {
        const deadline = performance.now() + 20_000
        for (;;) {
          const found = await handshake()
          if (good(found)) return found
          if (performance.now() > deadline) throw new Error(`no such certificate: ${edge.output()}`)
          await new Promise((resolve) => setTimeout(resolve, 200))
        }
      }
      try {
        const first = await until((found) => found !== undefined)
        const client = await RawClient.connect(port)
        client.send('GET /a?b HTTP/1.1\r\nHost: shop.example\r\n\r\n')
        const answer = await client.answer()
        expect([answer.status, answer.header('Location')]).toEqual([
          308,
          `https://shop.example:${edge.port}/a?b`,
        ])
        client.send('GET /.well-known/acme-challenge/none HTTP/1.1\r\nHost: shop.example\r\n\r\n')
        expect((await client.answer()).status).toBe(404)
        client.close()
        // Its five days are within renewBefore: the next configuration fetches a longer one.
        notAfter = new Date(Date.now() + 90 * day)
        const control = join(data.path, 'edge', 'control.sock')
        expect(await askControl(control, { id: '1', op: 'reload', actor: 'test' }, 60_000)).toMatchObject({
          ok: true,
        })
        const renewed = await until(
          (found) => found !== undefined && found.serialNumber !== first?.serialNumber,
        )
        expect(Date.parse(renewed?.validTo ?? '')).toBeGreaterThan(Date.now() + 80 * day)
        const names = data.events().map((event) => (event['event'] as { action: string }).action)
        expect(names).toContain('certificate-fetched')
      } finally {
        await edge.stop()
        await upstream.close()
        data.remove()
      }
    },
  )
})
