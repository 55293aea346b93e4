import { isJsonObject, isPartName, parseBoundedJson } from '@sevenfold/event'
import type { PartName } from '@sevenfold/event'
import { keyIdOf } from '../keys/keys.ts'
import type { RegisteredAgent, Registry } from '../keys/registry.ts'
import { areDatasets, hostAgentPrefix, isHostName } from './host-identity.ts'
import type { HostCertificate, HostIdentity } from './host-identity.ts'

/** One layer of one host that was enrolled. */
export interface RosterEntry extends HostIdentity {
  /** Raw Ed25519 key that signs its batches and heartbeats, base64. */
  readonly publicKey: string
  /** Serial numbers of the certificates that may be used, upper-case hex: one that is not here was not issued by us. */
  readonly serials: readonly string[]
  readonly revoked: boolean
}

/** Everybody who was enrolled. */
export interface Roster {
  /** Grows with each change. */
  readonly version: number
  readonly entries: readonly RosterEntry[]
}

/** Most entries of a roster. */
export const maxRosterEntries = 1000
/** Most certificates of one entry that hold at a time. */
export const maxSerials = 8

const limits = { maxTextLength: 4_194_304, maxDepth: 5, maxNodes: 60_000, maxStringLength: 256 }

/** Nobody. */
export const emptyRoster: Roster = { version: 0, entries: [] }

function readEntry(value: unknown): RosterEntry | undefined {
  if (!isJsonObject(value)) return undefined
  const { host, layer, datasets, enrolment, publicKey, serials, revoked } = value
  if (!isHostName(host) || !isPartName(layer) || !areDatasets(datasets)) return undefined
  if (typeof enrolment !== 'string' || !/^[0-9a-f]{16}$/.test(enrolment)) return undefined
  if (typeof publicKey !== 'string' || Buffer.from(publicKey, 'base64').length !== 32) return undefined
  if (!Array.isArray(serials) || serials.length > maxSerials) return undefined
  const known = serials.filter((one): one is string => typeof one === 'string' && /^[0-9A-F]+$/.test(one))
  return { host, layer, datasets, enrolment, publicKey, serials: known, revoked: revoked === true }
}

/** Reads a roster; undefined when it is none. One entry that cannot be read spoils it: it could be a revocation. */
export function parseRoster(text: string): Roster | undefined {
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok || !isJsonObject(parsed.value) || parsed.value['v'] !== 1) return undefined
  const { version, entries } = parsed.value
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0) return undefined
  if (!Array.isArray(entries) || entries.length > maxRosterEntries) return undefined
  const read = entries.map(readEntry)
  const good = read.filter((entry) => entry !== undefined)
  return good.length === read.length ? { version, entries: good } : undefined
}

/** A roster as text. */
export function renderRoster({ version, entries }: Roster): string {
  const plain = entries.map(({ host, layer, datasets, enrolment, publicKey, serials, revoked }) => ({
    host,
    layer,
    datasets,
    enrolment,
    publicKey,
    serials,
    revoked,
  }))
  return `${JSON.stringify({ v: 1, version, entries: plain }, undefined, 2)}\n`
}

/** The roster in force, with what looks things up in it. */
export class RosterBook {
  #roster: Roster = emptyRoster
  #byName = new Map<string, RosterEntry>()
  #byKey = new Map<string, RegisteredAgent>()
  readonly #listeners = new Set<() => void>()

  get version(): number {
    return this.#roster.version
  }

  /** Puts a roster in force and tells whoever listens. */
  replace(roster: Roster): void {
    this.#roster = roster
    this.#byName = new Map(roster.entries.map((entry) => [`${entry.layer}/${entry.host}`, entry]))
    const active = roster.entries.filter(({ revoked }) => !revoked)
    this.#byKey = new Map(active.map((entry) => [keyIdOf(rawKey(entry)), agentOf(entry)]))
    for (const run of this.#listeners) run()
  }

  /** Calls `run` after each change. Returns what ends that. */
  onChange(run: () => void): () => void {
    this.#listeners.add(run)
    return () => void this.#listeners.delete(run)
  }

  /** Why a certificate is not accepted now; undefined when it is. */
  refusalOf({ identity, serial }: HostCertificate): 'unknown' | 'revoked' | undefined {
    const entry = this.#byName.get(`${identity.layer}/${identity.host}`)
    if (entry === undefined) return 'unknown'
    if (entry.revoked) return 'revoked'
    const isSame =
      entry.enrolment === identity.enrolment && entry.datasets.join() === identity.datasets.join()
    return isSame && entry.serials.includes(serial) ? undefined : 'unknown'
  }

  /** The writer that signs with a key. */
  find(keyId: string): RegisteredAgent | undefined {
    return this.#byKey.get(keyId)
  }
}

function rawKey({ publicKey }: RosterEntry): Uint8Array {
  return new Uint8Array(Buffer.from(publicKey, 'base64'))
}

function agentOf(entry: RosterEntry): RegisteredAgent {
  const { host, layer, datasets } = entry
  const part: PartName = layer
  return { part, host, datasets, agentPrefix: hostAgentPrefix(layer, host), publicKey: rawKey(entry) }
}

/** The parts of this host and the layers of all others. A key that both know is one of this host. */
export function registryOf(local: Registry, book: RosterBook): Registry {
  return { find: (keyId) => local.find(keyId) ?? book.find(keyId) }
}
