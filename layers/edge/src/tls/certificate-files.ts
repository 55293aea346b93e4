import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { SecureContextOptions } from 'node:tls'

/** PEM files of one site. */
export interface CertificateSource {
  readonly certificates: readonly { readonly certificate: string; readonly key: string }[]
  /** Authorities of client certificates. */
  readonly clientCa?: string
}

/** What was read from them. */
export interface LoadedCertificates {
  readonly context: SecureContextOptions
  /** End of the certificate that ends first, milliseconds since 1970. */
  readonly expiresMs: number
}

/** Longest file that is read: a chain of ten certificates is below 32 KiB. */
export const certificateFileLimit = 262_144

function read(path: string): string {
  if (statSync(path).size > certificateFileLimit) throw new Error(`${path} is too large for a certificate`)
  return readFileSync(path, 'utf8')
}

/** Every certificate of a chain, the site's own first. */
function chainOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.map((block) => new X509Certificate(block))
}

/**
 * Reads certificates and keys and proves that they fit together. @throws Error naming the file that does not.
 */
export function loadCertificates(source: CertificateSource): LoadedCertificates {
  const cert: string[] = []
  const key: string[] = []
  let expiresMs = Number.POSITIVE_INFINITY
  for (const pair of source.certificates) {
    const pem = read(pair.certificate)
    const keyText = read(pair.key)
    const chain = chainOf(pem)
    if (chain.length === 0) throw new Error(`${pair.certificate} holds no certificate`)
    for (const { validTo } of chain) expiresMs = Math.min(expiresMs, Date.parse(validTo))
    try {
      createSecureContext({ cert: pem, key: keyText })
    } catch (error) {
      throw new Error(`${pair.certificate} and ${pair.key} cannot be used together`, { cause: error })
    }
    cert.push(pem)
    key.push(keyText)
  }
  const ca = source.clientCa === undefined ? {} : { ca: read(source.clientCa) }
  return { context: { cert, key, ...ca }, expiresMs }
}

/** Changes when one of the files changed; empty while one is missing. */
export function certificateStamp(source: CertificateSource): string {
  const paths = [
    ...source.certificates.flatMap(({ certificate, key }) => [certificate, key]),
    ...(source.clientCa === undefined ? [] : [source.clientCa]),
  ]
  try {
    return paths
      .map((path) => {
        const { mtimeMs, size, ino } = statSync(path)
        return `${mtimeMs}:${size}:${ino}`
      })
      .join(' ')
  } catch {
    return ''
  }
}
