import { Agent, request } from 'node:https'
import type { ClientRequest, RequestOptions } from 'node:http'
import type { Clock } from '../clock/clock.ts'
import { LayerError } from '../error.ts'
import type { Logger } from '../log/logger.ts'
import { postOver } from '../ship/socket-client.ts'
import type { SocketAnswer, SocketClient, SocketPost } from '../ship/socket-client.ts'
import { hostFolder, hostStamp, readHostFiles } from './host-files.ts'
import type { HostFiles } from './host-files.ts'
import { HostLease } from './host-lease.ts'
import { identityOfNames } from './host-identity.ts'
import type { HostCertificate } from './host-identity.ts'

/** What a link to the host of the backbone needs. */
export interface HostLinkOptions {
  /** Folder of the part. */
  readonly partDir: string
  readonly agentId: (host: string) => string
  /** Slot of this process; each holds leases of its own. */
  readonly slot: string
  readonly clock: Clock
  readonly log: Logger
}

/** A TLS client that believes the root of one installation, and a server only when its certificate is of `layer`. */
export function tlsAgent(files: Pick<HostFiles, 'root'> & Partial<HostFiles>, layer: string): Agent {
  const { root, key, chain } = files
  return new Agent({
    keepAlive: true,
    maxSockets: 8,
    maxCachedSessions: 0, // each connection shows its certificate
    minVersion: 'TLSv1.3',
    ca: root,
    ...(key === undefined || chain === undefined ? {} : { key, cert: chain }),
    // The name in the address proves nothing here: what counts is which part of our installation answers.
    checkServerIdentity: (_name, certificate) =>
      identityOfNames(certificate.subjectaltname)?.layer === layer
        ? undefined
        : new Error(`the certificate of the other side is not that of ${layer}`),
  })
}

/** Adds the address of a receiver to a request. */
export function addressOf(url: string): Pick<RequestOptions, 'host' | 'port'> {
  const { hostname, port } = new URL(url)
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? 443 : Number(port) }
}

/** What a part on an enrolled host reaches of the backbone, over mTLS. */
export class HostLink {
  readonly #options: HostLinkOptions
  readonly #agents = new Map<string, Agent>()
  readonly #leases = new Map<string, HostLease>()
  #files: HostFiles
  #stamp: string

  private constructor(options: HostLinkOptions, files: HostFiles) {
    this.#options = options
    this.#files = files
    this.#stamp = hostStamp(options.partDir)
  }

  /** Undefined when the part was not enrolled. @throws LayerError LAYER_HOST_INVALID, LAYER_KEYS_MODE. */
  static open(options: HostLinkOptions): HostLink | undefined {
    const files = readHostFiles(options.partDir)
    return files === undefined ? undefined : new HostLink(options, files)
  }

  /** What the certificate in force says. */
  get certificate(): HostCertificate {
    this.#look()
    return this.#files.certificate
  }

  /** `<part>/<host>.<slot>`. */
  get agentId(): string {
    return this.#options.agentId(this.#files.certificate.identity.host)
  }

  /** Where a receiver listens; undefined for one that is not reached from here. */
  urlOf(receiver: string): string | undefined {
    return this.#files.receivers[receiver]
  }

  /** Begins a request to a receiver, as the holder of the lease there. */
  request(receiver: string, options: RequestOptions): ClientRequest {
    const headers = { ...options.headers, ...this.#leaseAt(receiver).headers() }
    return this.#open(receiver, { ...options, headers })
  }

  /** Sends one request without a lease. */
  send(receiver: string, post: SocketPost): Promise<SocketAnswer> {
    return postOver((options) => this.#open(receiver, options), post)
  }

  /** A client for batches and heartbeats. */
  client(receiver: string): SocketClient {
    return { post: (post) => this.#leaseAt(receiver).post(post), close: () => this.#closeAgent(receiver) }
  }

  #closeAgent(receiver: string): void {
    this.#agents.get(receiver)?.destroy()
    this.#agents.delete(receiver)
  }

  #open(receiver: string, options: RequestOptions): ClientRequest {
    this.#look()
    const url = this.urlOf(receiver)
    if (url === undefined)
      throw new LayerError('LAYER_HOST_INVALID', `this host knows no address of ${receiver}`, {
        hint: 'enrol it again once the backbone listens there',
      })
    let agent = this.#agents.get(receiver)
    if (agent === undefined) this.#agents.set(receiver, (agent = tlsAgent(this.#files, receiver)))
    return request({ ...options, ...addressOf(url), agent })
  }

  /** A certificate that another process renewed counts from the next connection on; those that stand go on. */
  #look(): void {
    const stamp = hostStamp(this.#options.partDir)
    if (stamp === this.#stamp) return
    try {
      const files = readHostFiles(this.#options.partDir)
      if (files === undefined) return
      this.#files = files
      this.#stamp = stamp
      this.#agents.clear()
    } catch (error) {
      this.#stamp = stamp
      this.#options.log.error('host-not-reread', { error })
    }
  }

  #leaseAt(receiver: string): HostLease {
    const known = this.#leases.get(receiver)
    if (known !== undefined) return known
    const { partDir, slot, clock, log } = this.#options
    const lease = new HostLease({
      folder: hostFolder(partDir),
      name: `${slot}.${receiver}`,
      agentId: this.agentId,
      enrolment: () => this.#files.certificate.identity.enrolment,
      send: (post) => this.send(receiver, post),
      clock,
      log,
    })
    this.#leases.set(receiver, lease)
    return lease
  }
}
