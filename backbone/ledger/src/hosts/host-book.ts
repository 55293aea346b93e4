import { existsSync, readFileSync } from 'node:fs'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { RosterBook, maxRosterEntries, parseRoster, writeAtomic } from '@sevenfold/layer'
import type { HostIdentity, Roster } from '@sevenfold/layer'
import { HostsError } from './hosts-error.ts'

/** A certificate that was issued to a host and has not ended. */
export interface HeldCertificate {
  readonly serial: string
  readonly notAfterMs: number
}

/** A layer of a host, with its history. */
export interface EnrolledHost extends HostIdentity {
  /** Raw Ed25519 key of its events, base64. */
  readonly publicKey: string
  readonly certificates: readonly HeldCertificate[]
  readonly enrolledMs: number
  readonly renewedMs: number
  readonly revokedMs?: number
  readonly reason?: string
}

/** Certificates of one host that hold side by side: the newest, and those that a process may still use. */
export const maxHeldCertificates = 4

const limits = { maxTextLength: 8_388_608, maxDepth: 6, maxNodes: 100_000, maxStringLength: 512 }

const nameOf = ({ layer, host }: Pick<HostIdentity, 'layer' | 'host'>): string => `${layer}/${host}`

function rosterOf(version: number, hosts: readonly EnrolledHost[], now: number): Roster {
  return {
    version,
    entries: hosts.map(({ host, layer, datasets, enrolment, publicKey, certificates, revokedMs }) => ({
      host,
      layer,
      datasets,
      enrolment,
      publicKey,
      // An ended certificate stays for its grace: it is good for renewing, and TLS itself refuses it for the rest.
      serials: certificates
        .filter(({ notAfterMs }) => notAfterMs + graceMs > now)
        .map(({ serial }) => serial),
      revoked: revokedMs !== undefined,
    })),
  }
}

const graceMs = 8 * 86_400_000

function numberOf(object: JsonObject, key: string): number {
  const value = object[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

function readCertificates(value: unknown): readonly HeldCertificate[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((one) =>
    isJsonObject(one) && typeof one['serial'] === 'string'
      ? [{ serial: one['serial'], notAfterMs: numberOf(one, 'notAfterMs') }]
      : [],
  )
}

/** Reads the file; one entry that cannot be read spoils it: a revocation may stand there. */
function readHosts(path: string): { version: number; hosts: readonly EnrolledHost[] } {
  if (!existsSync(path)) return { version: 0, hosts: [] }
  const parsed = parseBoundedJson(readFileSync(path, 'utf8'), limits)
  const file = parsed.ok && isJsonObject(parsed.value) ? parsed.value : {}
  const list = Array.isArray(file['hosts']) ? file['hosts'] : undefined
  const roster = parseRoster(
    JSON.stringify({
      v: 1,
      version: file['version'],
      entries: list?.map((one) =>
        isJsonObject(one) ? { ...one, certificates: undefined, serials: [] } : {},
      ),
    }),
  )
  if (roster === undefined || list === undefined)
    throw new HostsError(
      'HOSTS_AUTHORITY',
      `${path} is damaged: restore it, or remove it and enrol every host anew`,
    )
  const hosts = roster.entries.map((entry, index): EnrolledHost => {
    const stored = list[index]
    const object = isJsonObject(stored) ? stored : {}
    const { host, layer, datasets, enrolment, publicKey } = entry
    const revokedMs = numberOf(object, 'revokedMs')
    const reason = object['reason']
    return {
      host,
      layer,
      datasets,
      enrolment,
      publicKey,
      certificates: readCertificates(object['certificates']),
      enrolledMs: numberOf(object, 'enrolledMs'),
      renewedMs: numberOf(object, 'renewedMs'),
      ...(revokedMs === 0 ? {} : { revokedMs }),
      ...(typeof reason === 'string' ? { reason } : {}),
    }
  })
  return { version: roster.version, hosts }
}

/** Every host that was enrolled, on disk, and as the roster that listeners go by. */
export class HostBook {
  readonly #path: string
  readonly #now: () => number
  #version: number
  #hosts: Map<string, EnrolledHost>
  readonly roster: RosterBook = new RosterBook()

  /** @throws HostsError HOSTS_AUTHORITY when the file is damaged. */
  constructor(path: string, now: () => number) {
    this.#path = path
    this.#now = now
    const { version, hosts } = readHosts(path)
    this.#version = version
    this.#hosts = new Map(hosts.map((host) => [nameOf(host), host]))
    this.roster.replace(this.current())
  }

  /** Everybody, also those that were revoked. */
  all(): readonly EnrolledHost[] {
    return [...this.#hosts.values()]
  }

  find(of: Pick<HostIdentity, 'layer' | 'host'>): EnrolledHost | undefined {
    return this.#hosts.get(nameOf(of))
  }

  /** The roster of this moment. */
  current(): Roster {
    return rosterOf(this.#version, this.all(), this.#now())
  }

  /** Adds or replaces hosts. Durable before anybody acts on it. @throws HostsError HOSTS_TOO_MANY. */
  put(...hosts: readonly EnrolledHost[]): void {
    const next = new Map(this.#hosts)
    for (const host of hosts) next.set(nameOf(host), host)
    if (next.size > maxRosterEntries)
      throw new HostsError('HOSTS_TOO_MANY', `at most ${maxRosterEntries} hosts can be enrolled`)
    const file = { v: 1, version: this.#version + 1, hosts: [...next.values()].map((host) => stored(host)) }
    writeAtomic(this.#path, `${JSON.stringify(file, undefined, 2)}\n`)
    this.#version += 1
    this.#hosts = next
    this.roster.replace(this.current())
  }
}

function stored(host: EnrolledHost): object {
  return { ...host, revoked: host.revokedMs !== undefined }
}

/** A host with one more certificate, the oldest ones forgotten. */
export function withCertificate(host: EnrolledHost, issued: HeldCertificate): EnrolledHost {
  const { serial, notAfterMs } = issued
  return { ...host, certificates: [...host.certificates, { serial, notAfterMs }].slice(-maxHeldCertificates) }
}
