import { createCertificateAuthority } from '@sevenfold/testkit'
import type { CertificateAuthority, CertificateWish, IssuedCertificate } from '@sevenfold/testkit'
import { SiteCertificates } from '../../src/tls/tls-listener.ts'
import type { TlsSiteOptions } from '../../src/tls/tls-listener.ts'

let shared: Promise<CertificateAuthority> | undefined

/** One authority for all tests of a file. */
export function testAuthority(): Promise<CertificateAuthority> {
  shared ??= createCertificateAuthority()
  return shared
}

/** A certificate of that authority. */
export async function testCertificate(wish: CertificateWish): Promise<IssuedCertificate> {
  return (await testAuthority()).issue(wish)
}

/** Certificates of a listener: one site for every host unless the test says otherwise. */
export async function testTls(sites: readonly Partial<TlsSiteOptions>[] = [{}]): Promise<SiteCertificates> {
  const made = sites.map(async (site): Promise<TlsSiteOptions> => {
    const hosts = site.hosts ?? ['*']
    const names = hosts.includes('*') ? ['localhost', 'shop.test', '127.0.0.1'] : hosts
    const { certificate, key } = await testCertificate({ names })
    return {
      site: 'shop',
      hosts,
      clientCertificates: 'off',
      http2: true,
      ...site,
      context: { cert: certificate, key, ...site.context },
    }
  })
  return new SiteCertificates(await Promise.all(made))
}
