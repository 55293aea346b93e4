import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { parseRange } from '../../authority/address.ts'
import { canonicalAddress } from '../../authority/address.ts'
import { isSignedBy } from '../verify-feed.ts'

/** What an installation tells others: this address did that to me. No event, no user, no path goes along. */
export interface ShareSignal {
  readonly v: 1
  /** Name of the reporter at the exchange. */
  readonly reporter: string
  /** Canonical address; never a range. */
  readonly value: string
  readonly scenario: string
  /** When it was decided, milliseconds since 1970. */
  readonly atMs: number
}

/** A signal as it travels: the very text that was signed, and the signature (base64, Ed25519). */
export interface SignedSignal {
  readonly signal: string
  readonly signature: string
}

/** What is signed says what it is for: a signature of something else is none of a signal. */
const context = 'sevenfold-signal/1\n'
const limits = { maxTextLength: 1_024, maxDepth: 2, maxNodes: 16, maxStringLength: 256 }
/** A signal older, or further in the future, than this is not taken: it could be a replay. */
export const maxSignalAgeMs = 3_600_000
export const maxSignalAheadMs = 120_000

/** Signs a signal. `sign` gives base64 Ed25519. */
export function signSignal(signal: ShareSignal, sign: (text: string) => string): SignedSignal {
  const text = JSON.stringify(signal)
  return { signal: text, signature: sign(context + text) }
}

/** Whether a signed signal is by the owner of a raw public key (base64). */
export function isSignalBy({ signal, signature }: SignedSignal, publicKey: string): boolean {
  return isSignedBy(Buffer.from(context + signal), signature, publicKey)
}

/** Reads the text of a signal; undefined when it is none. */
export function readSignal(text: string): ShareSignal | undefined {
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { v, reporter, value, scenario, atMs } = parsed.value
  const isWhole =
    v === 1 && typeof reporter === 'string' && typeof value === 'string' && typeof scenario === 'string'
  if (!isWhole || typeof atMs !== 'number' || !Number.isSafeInteger(atMs)) return undefined
  return canonicalAddress(value) === value ? { v, reporter, value, scenario, atMs } : undefined
}

/** Whether an address may be shared at all: private, loopback and documentation addresses mean something else to everybody. */
export function isPublicAddress(value: string): boolean {
  const parsed = parseRange(value)
  if (parsed === undefined) return false
  return parsed.family === 'ipv4'
    ? !privateV4.test(value)
    : /^[23][0-9a-f]{3}:/.test(value) && !value.startsWith('2001:db8:')
}

const privateV4 =
  /^(?:0|10|127|22[4-9]|23\d|24\d|25[0-5])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^192\.168\.|^192\.0\.[02]\.|^198\.1[89]\.|^198\.51\.100\.|^203\.0\.113\./
