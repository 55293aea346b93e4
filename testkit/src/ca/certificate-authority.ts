import { Buffer } from 'node:buffer'
import { webcrypto } from 'node:crypto'
import { createRequire } from 'node:module'
import type * as X509 from '@peculiar/x509'

/** A certificate and its key, PEM. */
export interface IssuedCertificate {
  readonly certificate: string
  readonly key: string
}

/** What a certificate is issued for. */
export interface CertificateWish {
  /** DNS names and IP addresses; the first is the common name. */
  readonly names: readonly string[]
  /** Default: a day ago. */
  readonly notBefore?: Date
  /** Default: in thirty days. */
  readonly notAfter?: Date
  /** True for the certificate of a client. */
  readonly client?: boolean
  /** Organisational unit of the subject. */
  readonly unit?: string
}

/** An authority for tests. */
export interface CertificateAuthority {
  /** PEM of its own certificate. */
  readonly certificate: string
  issue(wish: CertificateWish): Promise<IssuedCertificate>
  /** A list of revoked certificates (PEM) that holds these, PEM. */
  revoke(certificates: readonly string[]): Promise<string>
  /** Issues for a certificate request in DER; the names are those of the request. Gives the chain, PEM. */
  sign(request: Uint8Array, wish?: Pick<CertificateWish, 'notBefore' | 'notAfter'>): Promise<string>
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 86_400_000

type Keys = X509.X509CertificateCreateSelfSignedParams['keys']

async function keyPair(): Promise<Keys> {
  const pair = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  return pair
}

async function keyPem(keys: Keys): Promise<string> {
  const key = keys.privateKey as unknown as webcrypto.CryptoKey // see keyPair
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----\n`
}

function isAddress(name: string): boolean {
  return name.includes(':') || /^[\d.]+$/.test(name)
}

function serialNumber(): string {
  return Buffer.from(webcrypto.getRandomValues(new Uint8Array(9)))
    .toString('hex')
    .replace(/^./, '1')
}

/** Loaded only when it is used. Its polyfill of decorators must be there before it, whatever loads the modules. */
async function loadX509(): Promise<typeof X509> {
  const require = createRequire(import.meta.url)
  require('reflect-metadata')
  return require('@peculiar/x509') as typeof X509 // the CommonJS form has the same members
}

/** Makes an authority with a key of its own. Elliptic curves only: a set of certificates takes milliseconds. */
export async function createCertificateAuthority(name = 'Test Authority'): Promise<CertificateAuthority> {
  const x509 = await loadX509()
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]) // as in keyPair
  const keys = await keyPair()
  const span = (wish: Pick<CertificateWish, 'notBefore' | 'notAfter'>) => ({
    notBefore: wish.notBefore ?? new Date(Date.now() - dayMs),
    notAfter: wish.notAfter ?? new Date(Date.now() + 30 * dayMs),
  })
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${name}`,
    ...span({ notAfter: new Date(Date.now() + 365 * dayMs) }),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  })
  const issueFor = async (publicKey: X509.PublicKeyType, wish: CertificateWish): Promise<string> => {
    const usage = wish.client === true ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth
    const made = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: `CN=${wish.names[0] ?? 'nobody'}${wish.unit === undefined ? '' : `, OU=${wish.unit}`}`,
      issuer: root.subject,
      ...span(wish),
      signingAlgorithm: algorithm,
      signingKey: keys.privateKey,
      publicKey,
      extensions: [
        new x509.BasicConstraintsExtension(false),
        new x509.ExtendedKeyUsageExtension([usage]),
        new x509.SubjectAlternativeNameExtension(
          wish.names.map((one) => ({ type: isAddress(one) ? 'ip' : 'dns', value: one })),
        ),
      ],
    })
    return `${made.toString('pem')}\n`
  }
  return {
    certificate: `${root.toString('pem')}\n`,
    issue: async (wish) => {
      const own = await keyPair()
      return { certificate: await issueFor(own.publicKey, wish), key: await keyPem(own) }
    },
    revoke: async (certificates) => {
      const list = await x509.X509CrlGenerator.create({
        issuer: root.subject,
        thisUpdate: new Date(Date.now() - dayMs),
        nextUpdate: new Date(Date.now() + 30 * dayMs),
        signingAlgorithm: algorithm,
        signingKey: keys.privateKey,
        entries: certificates.map((pem) => ({
          serialNumber: new x509.X509Certificate(pem).serialNumber,
          revocationDate: new Date(Date.now() - dayMs),
        })),
      })
      // OpenSSL knows the longer label only.
      return `${list.toString('pem').replaceAll(' CRL-----', ' X509 CRL-----')}\n`
    },
    sign: async (request, wish = {}) => {
      const csr = new x509.Pkcs10CertificateRequest(new Uint8Array(request))
      if (!(await csr.verify())) throw new Error('the request is not signed by its own key')
      const found = csr.extensions.find((one) => one instanceof x509.SubjectAlternativeNameExtension)
      const names = found === undefined ? [] : found.names.toJSON()
      const leaf = await issueFor(await csr.publicKey.export(), {
        ...wish,
        names: names.map(({ value }) => value),
      })
      return `${leaf}${root.toString('pem')}\n`
    },
  }
}
