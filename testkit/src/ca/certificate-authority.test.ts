import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { createCertificateAuthority } from './certificate-authority.ts'

describe('an authority for tests', () => {
  it('issues certificates for names and addresses that it vouches for', async () => {
    const authority = await createCertificateAuthority('Root of a test')
    const { certificate, key } = await authority.issue({ names: ['a.example', '*.b.example', '127.0.0.1'] })
    const leaf = new X509Certificate(certificate)
    const root = new X509Certificate(authority.certificate)
    expect(leaf.verify(root.publicKey)).toBe(true)
    expect(leaf.checkHost('a.example')).toBe('a.example')
    expect(leaf.checkHost('x.b.example')).toBe('*.b.example')
    expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(root.subject).toBe('CN=Root of a test')
    expect(() => createSecureContext({ cert: certificate, key })).not.toThrow()
  })

  it('issues certificates that have ended, or that clients show', async () => {
    const authority = await createCertificateAuthority()
    const ended = await authority.issue({ names: ['a'], notAfter: new Date(Date.now() - 1000) })
    expect(Date.parse(new X509Certificate(ended.certificate).validTo)).toBeLessThan(Date.now())
    const client = await authority.issue({ names: ['alice'], client: true })
    expect(new X509Certificate(client.certificate).subject).toBe('CN=alice')
  })

  it('issues certificates of a unit, and lists those that it revokes', async () => {
    const authority = await createCertificateAuthority()
    const client = await authority.issue({ names: ['alice'], client: true, unit: 'staff' })
    expect(new X509Certificate(client.certificate).subject).toBe('CN=alice\nOU=staff')
    const crl = await authority.revoke([client.certificate])
    expect(crl).toContain('BEGIN X509 CRL')
    expect(() => createSecureContext({ ca: authority.certificate, crl })).not.toThrow()
  })

  it('refuses a request that is none', async () => {
    const authority = await createCertificateAuthority()
    await expect(authority.sign(new Uint8Array([1, 2, 3]))).rejects.toThrow()
  })
})
