import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { SecureContextOptions } from 'node:tls'

/** The PEM files that encrypt the Local API. */
export interface TlsFiles {
  readonly certificate: string
  readonly key: string
  /** Certificates of clients: their authorities, and which of them are revoked. */
  readonly clients?: { readonly ca: string; readonly revoked?: string | undefined } | undefined
}

/** What was read from them. */
export interface LoadedTls {
  readonly context: SecureContextOptions
  /** End of the certificate that ends first, milliseconds since 1970. */
  readonly expiresMs: number
}

/** Longest file that is read. */
export const maxPemBytes = 1_048_576

function read(path: string): string {
  if (statSync(path).size > maxPemBytes) throw new Error(`${path} is longer than ${maxPemBytes} bytes`)
  return readFileSync(path, 'utf8')
}

function chainOf(path: string, pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) throw new Error(`${path} holds no certificate`)
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch (error) {
    throw new Error(`${path} holds a certificate that cannot be read`, { cause: error })
  }
}

function prove(what: string, context: SecureContextOptions): void {
  try {
    createSecureContext(context)
  } catch (error) {
    throw new Error(`${what} cannot be used`, { cause: error })
  }
}

/** Reads the files and proves that they fit together. Throws an `Error` that names the file which does not. */
export function loadTls({ certificate, key, clients }: TlsFiles): LoadedTls {
  const [cert, keyText] = [read(certificate), read(key)]
  const chain = chainOf(certificate, cert)
  prove(`${certificate} with the key ${key}`, { cert, key: keyText })
  const expiresMs = Math.min(...chain.map(({ validTo }) => Date.parse(validTo)))
  if (clients === undefined) return { context: { cert, key: keyText }, expiresMs }
  const ca = read(clients.ca)
  chainOf(clients.ca, ca)
  const crl = clients.revoked === undefined ? undefined : read(clients.revoked)
  if (crl !== undefined) prove(`the revoked certificates in ${clients.revoked ?? ''}`, { ca, crl })
  return { context: { cert, key: keyText, ca, ...(crl === undefined ? {} : { crl }) }, expiresMs }
}

/** Changes when one of the files changed; empty while one is missing. */
export function tlsStamp({ certificate, key, clients }: TlsFiles): string {
  const paths = [certificate, key, clients?.ca, clients?.revoked].filter((path) => path !== undefined)
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
