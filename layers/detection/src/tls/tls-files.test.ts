import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createCertificateAuthority, createFakeClock, createTemporaryFolder } from '@sevenfold/testkit'
import type { CertificateAuthority, IssuedCertificate, TemporaryFolder } from '@sevenfold/testkit'
import { loadTls, maxPemBytes, tlsStamp } from './tls-files.ts'
import type { TlsFiles } from './tls-files.ts'
import { TlsReloader, tlsCheckMs } from './tls-reloader.ts'

let authority: CertificateAuthority
let own: IssuedCertificate
let other: IssuedCertificate
beforeAll(async () => {
  authority = await createCertificateAuthority()
  own = await authority.issue({ names: ['localhost'], notAfter: new Date('2040-01-01T00:00:00Z') })
  other = await authority.issue({ names: ['localhost'], notAfter: new Date('2041-01-01T00:00:00Z') })
})

let folder: TemporaryFolder
let files: Required<TlsFiles>
let stamps: number
beforeEach(() => {
  folder = createTemporaryFolder()
  stamps = 0
  const at = (name: string): string => join(folder.path, name)
  files = {
    certificate: at('cert.pem'),
    key: at('key.pem'),
    clients: { ca: at('ca.pem'), revoked: at('crl.pem') },
  }
})
afterEach(() => folder.remove())

/** Writes a file with a time of its own: two writes of one tick of the clock would look alike. */
function put(path: string, text: string): void {
  writeFileSync(path, text)
  stamps += 1
  utimesSync(path, stamps, stamps)
}

async function putAll(): Promise<void> {
  put(files.certificate, own.certificate)
  put(files.key, own.key)
  put(files.clients?.ca ?? '', authority.certificate)
  put(files.clients?.revoked ?? '', await authority.revoke([]))
}

describe('the files of the Local API', () => {
  it('are read with the end of the certificate', async () => {
    await putAll()
    const { context, expiresMs } = loadTls(files)
    expect(Object.keys(context).toSorted()).toEqual(['ca', 'cert', 'crl', 'key'])
    expect(expiresMs).toBe(Date.parse('2040-01-01T00:00:00Z'))
    expect(Object.keys(loadTls({ certificate: files.certificate, key: files.key }).context)).toEqual([
      'cert',
      'key',
    ])
  })

  it.each([
    ['certificate', 'nothing', /cert\.pem holds no certificate/],
    [
      'certificate',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      /cert\.pem holds a certificate that cannot be read/,
    ],
    ['key', 'nothing', /cert\.pem with the key .*key\.pem cannot be used/],
    ['ca', 'nothing', /ca\.pem holds no certificate/],
    ['revoked', 'nothing', /revoked certificates in .*crl\.pem cannot be used/],
    ['key', 'x'.repeat(maxPemBytes + 1), /key\.pem is longer than/],
  ])('are refused by name where %s is damaged (%#)', async (which, text, message) => {
    await putAll()
    const path = { certificate: files.certificate, key: files.key, ...files.clients }[which]
    writeFileSync(path ?? '', text)
    expect(() => loadTls(files)).toThrow(message)
  })

  it('are refused where the key belongs to another certificate', async () => {
    await putAll()
    put(files.key, other.key)
    expect(() => loadTls(files)).toThrow(/cannot be used/)
  })

  it('have a stamp that changes with each of them, and none while one is missing', async () => {
    await putAll()
    const seen = new Set([tlsStamp(files)])
    for (const path of [files.certificate, files.key, files.clients?.ca, files.clients?.revoked]) {
      put(path ?? '', 'changed')
      seen.add(tlsStamp(files))
    }
    expect(seen.size).toBe(5)
    rmSync(files.key)
    expect(tlsStamp(files)).toBe('')
  })
})

describe('renewed certificates', () => {
  it('are taken over when they are whole, and what cannot be used is told of once', async () => {
    await putAll()
    const clock = createFakeClock()
    const [used, problems, ends]: [unknown[], unknown[], number[]] = [[], [], []]
    const reloader = new TlsReloader(
      {
        files,
        clock,
        use: (context) => used.push(context.cert),
        onLoaded: ({ expiresMs }) => ends.push(expiresMs),
        onProblem: (error) => problems.push(error),
      },
      tlsStamp(files),
    )
    clock.advance(tlsCheckMs)
    expect(used).toEqual([])
    rmSync(files.certificate)
    clock.advance(tlsCheckMs)
    put(files.certificate, other.certificate)
    clock.advance(tlsCheckMs * 3)
    expect([used.length, problems.length]).toEqual([0, 1])
    put(files.key, other.key)
    clock.advance(tlsCheckMs)
    expect([used, ends]).toEqual([[other.certificate], [Date.parse('2041-01-01T00:00:00Z')]])
    reloader.stop()
    put(files.key, 'nothing')
    clock.advance(tlsCheckMs * 3)
    expect(problems).toHaveLength(1)
  })
})
