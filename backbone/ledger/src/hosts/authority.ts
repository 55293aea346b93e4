import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  webcrypto,
  X509Certificate,
} from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePrivateFolder, identityUri, readHostCertificate, writeAtomic } from '@sevenfold/layer'
import type { HostIdentity } from '@sevenfold/layer'
import { HostsError } from './hosts-error.ts'
import { loadX509 } from './load-x509.ts'

type Library = ReturnType<typeof loadX509>
type PublicKey = Awaited<ReturnType<InstanceType<Library['PublicKey']>['export']>>
type SigningKey = Parameters<Library['X509CertificateGenerator']['createSelfSigned']>[0]['keys']['privateKey']

/** A certificate that was just issued. */
export interface Issued {
  /** The certificate and those that lead to the root, PEM. */
  readonly chain: string
  /** Upper-case hex. */
  readonly serial: string
  readonly notAfterMs: number
}

/** A request for a certificate that is signed by its own key. */
export interface CheckedRequest {
  /** Common name: `<host>/<layer>`. */
  readonly name: string
  readonly publicKey: PublicKey
}

/** What is to be issued. */
export interface IssueWish {
  readonly identity: HostIdentity
  readonly publicKey: PublicKey
  /** A listener of the backbone, or a host that connects to one. */
  readonly use: 'server' | 'client'
  readonly lifeMs: number
}

const dayMs = 86_400_000

/** Life of the root, of the certificate that signs for it, and how long before its end that one is replaced. */
export const authorityLife: {
  readonly rootMs: number
  readonly issuingMs: number
  readonly replaceMs: number
} = {
  rootMs: 3650 * dayMs,
  issuingMs: 365 * dayMs,
  replaceMs: 30 * dayMs,
}
/** A certificate is good from this long before it was issued: clocks differ. */
export const skewMs = 300_000
/** Longest request for a certificate, in bytes. */
export const maxRequestBytes = 4096

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

function serialNumber(): string {
  // RFC 5280 section 4.1.2.2: positive, at most 20 bytes. A first digit of 1 keeps it positive and without leading zeros.
  return `1${randomBytes(16).toString('hex').slice(1)}`
}

function generateKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
}

function checkPrivate(path: string): void {
  if ((statSync(path).mode & 0o077) === 0) return
  throw new HostsError(
    'HOSTS_AUTHORITY',
    `${path} can be read by others: chmod 600, and begin a new authority if others had access`,
  )
}

async function importKey(pem: string): Promise<{ privateKey: SigningKey; publicKey: PublicKey }> {
  const key = createPrivateKey(pem)
  const { subtle } = webcrypto
  const privateKey = await subtle.importKey(
    'pkcs8',
    key.export({ format: 'der', type: 'pkcs8' }),
    algorithm,
    false,
    ['sign'],
  )
  const jwk = key.export({ format: 'jwk' })
  const { kty = 'EC', crv = 'P-256', x = '', y = '' } = jwk
  const publicKey = await subtle.importKey('jwk', { kty, crv, x, y }, algorithm, true, ['verify'])
  return { privateKey, publicKey }
}

interface Files {
  readonly rootKey: string
  readonly root: string
  readonly issuingKey: string
  readonly issuing: string
}

function filesIn(folder: string): Files {
  return {
    rootKey: join(folder, 'root.key'),
    root: join(folder, 'root.pem'),
    issuingKey: join(folder, 'issuing.key'),
    issuing: join(folder, 'issuing.pem'),
  }
}

async function createRoot(x509: Library, files: Files, now: number): Promise<void> {
  const pem = generateKey()
  const keys = await importKey(pem)
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=Sevenfold root ${randomBytes(4).toString('hex')}`,
    notBefore: new Date(now - skewMs),
    notAfter: new Date(now + authorityLife.rootMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  })
  writeAtomic(files.rootKey, pem)
  writeAtomic(files.root, `${root.toString('pem')}\n`)
}

async function createIssuing(x509: Library, files: Files, now: number): Promise<void> {
  checkPrivate(files.rootKey)
  const root = new x509.X509Certificate(readFileSync(files.root, 'utf8'))
  const { privateKey: signingKey } = await importKey(readFileSync(files.rootKey, 'utf8'))
  const pem = generateKey()
  const { publicKey } = await importKey(pem)
  const issuing = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=Sevenfold hosts ${randomBytes(4).toString('hex')}`,
    issuer: root.subject,
    notBefore: new Date(now - skewMs),
    notAfter: new Date(now + authorityLife.issuingMs),
    signingAlgorithm: algorithm,
    signingKey,
    publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  })
  writeAtomic(files.issuingKey, pem)
  writeAtomic(files.issuing, `${issuing.toString('pem')}\n`)
}

function endOf(path: string): number {
  return Date.parse(new X509Certificate(readFileSync(path)).validTo)
}

/**
 * The authority of an installation: a root that only signs, once a year, the certificate which signs those of hosts. The
 * key of the root is needed for nothing else and can be kept away from this machine.
 */
export class Authority {
  readonly #x509: Library
  readonly #files: Files
  readonly #now: () => number
  #signingKey: SigningKey
  #issuing: string
  /** Certificate of the root, PEM. */
  readonly root: string
  /** SHA-256 of the root's certificate, lower-case hex: what tokens carry. */
  readonly fingerprint: string

  private constructor(x509: Library, files: Files, options: { now: () => number; signingKey: SigningKey }) {
    this.#x509 = x509
    this.#files = files
    this.#now = options.now
    this.#signingKey = options.signingKey
    this.#issuing = readFileSync(files.issuing, 'utf8')
    this.root = readFileSync(files.root, 'utf8')
    this.fingerprint = createHash('sha256').update(new X509Certificate(this.root).raw).digest('hex')
  }

  /**
   * Opens the authority in a folder (0700, keys 0600), or makes one.
   * @throws HostsError HOSTS_AUTHORITY when its files are not complete or can be read by others.
   */
  static async open(folder: string, now: () => number): Promise<Authority> {
    ensurePrivateFolder(folder)
    const x509 = loadX509()
    const files = filesIn(folder)
    if (!existsSync(files.root)) await createRoot(x509, files, now())
    if (!existsSync(files.issuing)) await createIssuing(x509, files, now())
    checkPrivate(files.issuingKey)
    const { privateKey } = await importKey(readFileSync(files.issuingKey, 'utf8'))
    const authority = new Authority(x509, files, { now, signingKey: privateKey })
    await authority.refresh()
    return authority
  }

  /** When the certificate that signs those of hosts ends, in milliseconds since 1970. */
  get endMs(): number {
    return endOf(this.#files.issuing)
  }

  /** Replaces the signing certificate in time, if the key of the root is here; true when it did. */
  async refresh(): Promise<boolean> {
    if (this.endMs - this.#now() > authorityLife.replaceMs || !existsSync(this.#files.rootKey)) return false
    await createIssuing(this.#x509, this.#files, this.#now())
    this.#signingKey = (await importKey(readFileSync(this.#files.issuingKey, 'utf8'))).privateKey
    this.#issuing = readFileSync(this.#files.issuing, 'utf8')
    return true
  }

  /** Checks a request (PKCS #10, DER). @throws HostsError HOSTS_BAD_CERTIFICATE_REQUEST. */
  async readRequest(der: Uint8Array): Promise<CheckedRequest> {
    const bad = (why: string, cause?: unknown): HostsError =>
      new HostsError('HOSTS_BAD_CERTIFICATE_REQUEST', `the request for a certificate ${why}`, { cause })
    if (der.length === 0 || der.length > maxRequestBytes) throw bad(`must have 1 to ${maxRequestBytes} bytes`)
    try {
      const csr = new this.#x509.Pkcs10CertificateRequest(new Uint8Array(der))
      const key = new Uint8Array(csr.publicKey.rawData)
      // RFC 5480: the SubjectPublicKeyInfo of a P-256 key is these bytes and a point. Another key is not even verified.
      if (Buffer.from(key.subarray(0, p256Prefix.length)).toString('hex') !== p256Prefix.toString('hex'))
        throw bad('must be for a key on P-256')
      if (csr.extensions.length > 0) throw bad('must ask for nothing but a name')
      if (!(await csr.verify())) throw bad('is not signed by its own key')
      const names = csr.subjectName.getField('CN')
      const [name] = names
      if (name === undefined || names.length > 1) throw bad('must have one common name')
      return { name, publicKey: await csr.publicKey.export() }
    } catch (error) {
      throw error instanceof HostsError ? error : bad('cannot be read', error)
    }
  }

  /** Issues a certificate that carries an identity and nothing else. */
  async issue({ identity, publicKey, use, lifeMs }: IssueWish): Promise<Issued> {
    const x509 = this.#x509
    const now = this.#now()
    const notAfterMs = Math.min(now + lifeMs, this.endMs)
    const usage = use === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth
    const made = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: `CN=${identity.host}/${identity.layer}`,
      issuer: new x509.X509Certificate(this.#issuing).subject,
      notBefore: new Date(Math.min(now, notAfterMs) - skewMs),
      notAfter: new Date(notAfterMs),
      signingAlgorithm: algorithm,
      signingKey: this.#signingKey,
      publicKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        new x509.SubjectAlternativeNameExtension([{ type: 'url', value: identityUri(identity) }]),
      ],
    })
    const pem = `${made.toString('pem')}\n`
    const serial = readHostCertificate(pem)?.serial
    if (serial === undefined)
      throw new HostsError('HOSTS_AUTHORITY', 'the identity does not fit into a certificate')
    return { chain: `${pem}${this.#issuing}${this.root}`, serial, notAfterMs }
  }
}

const p256Prefix = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex')
