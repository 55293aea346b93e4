import { X509Certificate } from 'node:crypto'
import { isPartName } from '@sevenfold/event'
import type { PartName } from '@sevenfold/event'

/** Who a certificate speaks for. */
export interface HostIdentity {
  /** Name of the host, as the token gave it. */
  readonly host: string
  readonly layer: PartName
  /** `event.dataset` values that it may write; a trailing `*` stands for any ending. */
  readonly datasets: readonly string[]
  /** Id of the enrolment, 16 hex digits: enrolling a host again ends what it had before. */
  readonly enrolment: string
}

/** Most datasets of one identity. */
export const maxDatasets = 16
/** Longest identity as text, in characters. */
export const maxIdentityLength = 2048

const hostPattern = /^[a-z0-9][a-z0-9-]{0,31}$/
const datasetPattern = /^[a-z][a-z0-9_.]{0,126}\*?$/

/** True for the name of a host: small letters, digits and hyphens, at most 32. It becomes part of the names of writers. */
export function isHostName(name: unknown): name is string {
  return typeof name === 'string' && hostPattern.test(name)
}

/** True for a list of datasets that an identity can hold. */
export function areDatasets(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= maxDatasets &&
    value.every((one) => typeof one === 'string' && datasetPattern.test(one))
  )
}

/** Datasets of a layer that was enrolled without naming any. */
export function ownDatasets(layer: PartName): readonly string[] {
  return [`sevenfold.${layer}.*`]
}

/** Writers that may use the key of a layer on a host: those whose id starts so. */
export function hostAgentPrefix(layer: PartName, host: string): string {
  return `${layer}/${host}.`
}

/**
 * The identity as it stands in a certificate, for example
 * `sevenfold://web2/edge?enrolment=0123456789abcdef&dataset=sevenfold.edge.*`.
 */
export function identityUri({ host, layer, datasets, enrolment }: HostIdentity): string {
  return `sevenfold://${host}/${layer}?enrolment=${enrolment}&${datasets.map((one) => `dataset=${one}`).join('&')}`
}

/** Reads what `identityUri` wrote; undefined for anything else. */
export function parseIdentityUri(text: string): HostIdentity | undefined {
  if (text.length > maxIdentityLength) return undefined
  const [, host, layer, enrolment, query = ''] =
    /^sevenfold:\/\/([^/?]+)\/([a-z]+)\?enrolment=([0-9a-f]{16})&([^#]+)$/.exec(text) ?? []
  if (!isHostName(host) || !isPartName(layer) || enrolment === undefined) return undefined
  const pairs = query.split('&')
  if (!pairs.every((pair) => pair.startsWith('dataset='))) return undefined
  const datasets = pairs.map((pair) => pair.slice('dataset='.length))
  return areDatasets(datasets) ? { host, layer, datasets, enrolment } : undefined
}

/**
 * The identity in the alternative names of a certificate. It must be the only name: whatever else a certificate calls
 * itself could be meant for somebody else.
 */
export function identityOfNames(subjectAltName: string | undefined): HostIdentity | undefined {
  const uri = /^URI:([^,"]+)$/.exec(subjectAltName ?? '')?.[1]
  return uri === undefined ? undefined : parseIdentityUri(uri)
}

/** What is read from a certificate; undefined when it carries no identity of ours. */
export interface HostCertificate {
  readonly identity: HostIdentity
  /** Upper-case hex. */
  readonly serial: string
  /** Milliseconds since 1970. */
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

/** Reads a certificate, PEM or DER. Only reads: whether it may be believed is for TLS to say. */
export function readHostCertificate(certificate: string | Uint8Array): HostCertificate | undefined {
  try {
    const read = new X509Certificate(certificate)
    const identity = identityOfNames(read.subjectAltName)
    if (identity === undefined) return undefined
    return {
      identity,
      serial: read.serialNumber,
      notBeforeMs: Date.parse(read.validFrom),
      notAfterMs: Date.parse(read.validTo),
    }
  } catch {
    return undefined // not a certificate
  }
}
