import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** Which certificates are whose. */
export interface CertificateRules {
  readonly bouncerUnits: readonly string[]
  readonly agentUnits: readonly string[]
}

/** What the certificate of a connection says. */
export type CertificateVerdict =
  /** There is none, or none is asked for. */
  | { readonly kind: 'none' }
  /** There is one that must not be believed. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** `name` is `COMMON NAME@ADDRESS`, as CrowdSec names such clients. */
  | { readonly kind: 'bouncer' | 'agent'; readonly name: string }

const nameForm = /^[a-zA-Z0-9][\w.-]{0,63}$/

const texts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')

const refused = (reason: string): CertificateVerdict => ({ kind: 'refused', reason })

/** An address without the form of IPv4 in IPv6. */
export const plainAddress = (address: string | undefined): string =>
  (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '')

/**
 * Who a connection is by its certificate. The handshake takes any certificate, so that a client whose own is not
 * believed learns why; what it is believed for is decided here: signed by a configured authority, in force, not
 * revoked, for clients, and of a unit that is named.
 */
export function readClientCertificate(
  socket: Socket,
  rules: CertificateRules | undefined,
): CertificateVerdict {
  if (rules === undefined || !(socket instanceof TLSSocket)) return { kind: 'none' }
  const peer = socket.getPeerCertificate()
  if (Object.keys(peer).length === 0) return { kind: 'none' }
  // The type says Error, the value is the code of one.
  if (!socket.authorized) return refused(String(socket.authorizationError))
  const [commonName, ...moreNames] = texts(peer.subject.CN)
  if (commonName === undefined || moreNames.length > 0 || !nameForm.test(commonName))
    return refused('its common name is none of letters, digits, dots and hyphens')
  const units = texts(peer.subject.OU)
  const isBouncer = units.some((unit) => rules.bouncerUnits.includes(unit))
  const isAgent = units.some((unit) => rules.agentUnits.includes(unit))
  if (isBouncer === isAgent)
    return refused(
      isBouncer ? 'it is of a bouncer and of an agent' : 'its unit (OU) is none of a bouncer or an agent',
    )
  const name = `${commonName}@${plainAddress(socket.remoteAddress)}`
  return { kind: isBouncer ? 'bouncer' : 'agent', name }
}
