import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fetchCertificate } from '../src/acme/fetch-certificate.ts'
import { freePort } from './support/free-port.ts'
import { RealServer, isInstalled } from './support/real-server.ts'
import { testAuthority, testCertificate } from './support/test-certificates.ts'

const isThere = isInstalled('pebble') && isInstalled('pebble-challtestsrv')

// Pebble is a small authority that is strict where real ones may be: it refuses what RFC 8555 does not allow.
it.skipIf(!isThere)(
  'a real ACME authority issues a certificate by HTTP-01 (needs pebble and pebble-challtestsrv)',
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sf-pebble-'))
    const [port, management, dns, board, names] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ]
    const { certificate, key } = await testCertificate({ names: ['localhost', '127.0.0.1'] })
    writeFileSync(join(folder, 'tls.pem'), certificate)
    writeFileSync(join(folder, 'tls.key'), key)
    writeFileSync(join(folder, 'ca.pem'), (await testAuthority()).certificate)
    const config = {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${management}`,
      certificate: join(folder, 'tls.pem'),
      privateKey: join(folder, 'tls.key'),
      httpPort: board,
      tlsPort: 1,
    }
    writeFileSync(join(folder, 'pebble.json'), JSON.stringify({ pebble: config }))
    // Flags differ between versions; a server that is not turned off listens on every address.
    const { stderr: help } = spawnSync('pebble-challtestsrv', ['-help'], { encoding: 'utf8' })
    const has = (flag: string): boolean => help.includes(`  ${flag} `)
    const off = ['-http01', '-https01', '-tlsalpn01', '-doh'].flatMap((flag) => (has(flag) ? [flag, ''] : []))
    const nameServer = has('-dnsserver') ? '-dnsserver' : '-dns01'
    const where = [nameServer, `127.0.0.1:${dns}`, '-management', `127.0.0.1:${names}`]
    const resolver = await RealServer.start(
      ['pebble-challtestsrv', ...where, ...off, '-defaultIPv4', '127.0.0.1', '-defaultIPv6', ''],
      names,
    )
    const pebble = await RealServer.start(
      [
        'env',
        'PEBBLE_VA_NOSLEEP=1',
        'pebble',
        '-config',
        join(folder, 'pebble.json'),
        '-dnsserver',
        `127.0.0.1:${dns}`,
      ],
      port,
    )
    const tokens = new Map<string, string>()
    const shown = http.createServer((request, response) => {
      response.end(tokens.get(request.url?.split('/').at(-1) ?? '') ?? '')
    })
    shown.listen(board, '127.0.0.1')
    await once(shown, 'listening')
    try {
      const wish = {
        directory: `https://localhost:${port}/dir`,
        email: 'admin@shop.example',
        domains: ['shop.example', 'www.shop.example'],
        challenge: 'http-01',
        dnsCommand: [],
        ca: join(folder, 'ca.pem'),
      } as const
      await fetchCertificate(join(folder, 'acme'), wish, {
        put: (token, text) => Promise.resolve(void tokens.set(token, text)),
        remove: (token) => Promise.resolve(void tokens.delete(token)),
      })
      const issued = new X509Certificate(readFileSync(join(folder, 'acme', 'certificate.pem')))
      expect(issued.subjectAltName).toBe('DNS:shop.example, DNS:www.shop.example')
      expect(issued.issuer).toContain('Pebble')
      expect(tokens.size).toBe(0)
    } finally {
      shown.closeAllConnections()
      shown.close()
      await pebble.stop()
      await resolver.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
