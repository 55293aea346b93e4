import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { PartName } from '@sevenfold/event'
import type { Clock, Timer } from '../clock/clock.ts'
import { ensurePrivateFolder } from '../files/private-folder.ts'
import { writeAtomic } from '../files/write-atomic.ts'
import type { Logger } from '../log/logger.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { RequestHandler } from '../receive/receiver-types.ts'
import { postOver } from '../ship/socket-client.ts'
import type { SocketAnswer } from '../ship/socket-client.ts'
import { createHostKey, jsonPost } from './enrol.ts'
import { readHostCertificate } from './host-identity.ts'
import type { HostCertificate } from './host-identity.ts'
import { createHostServer } from './host-server.ts'
import type { HostServer, ServerCredentials } from './host-server.ts'
import { RosterBook, parseRoster } from './roster.ts'

/** What a door for hosts needs, in a part that is not the ledger. */
export interface HostDoorOptions {
  readonly part: PartName
  /** The data folder that all parts share. */
  readonly rootDir: string
  readonly dataDir: string
  readonly listen: { readonly host: string; readonly port: number }
  readonly handle: RequestHandler
  readonly onRefused?: (why: string, certificate: HostCertificate) => void
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
}

/** How often the roster is asked for, in milliseconds: a host that was revoked is out that soon. */
export const rosterLookMs = 2_000

const limits = { maxTextLength: 262_144, maxDepth: 3, maxNodes: 12, maxStringLength: 65_536 }

function readCredentials(text: string, key?: string): ServerCredentials | undefined {
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { chain, root } = parsed.value
  const own = key ?? parsed.value['key']
  if (typeof own !== 'string' || typeof chain !== 'string' || typeof root !== 'string') return undefined
  return readHostCertificate(chain) === undefined ? undefined : { key: own, chain, root }
}

/**
 * Lets enrolled hosts in to a part that stands beside the ledger. Certificate and roster come from the ledger over its
 * socket; both are kept on disk, so that the door works on while the ledger is away.
 */
export class HostDoor {
  readonly roster: RosterBook = new RosterBook()
  readonly #options: HostDoorOptions
  readonly #folder: string
  #credentials: ServerCredentials | undefined
  #server: HostServer | undefined
  #timer: Timer | undefined
  #rosterText = ''
  #isStopped = false
  #isFailing = false
  #port = 0
  #looking: Promise<void> = Promise.resolve()

  constructor(options: HostDoorOptions) {
    this.#options = options
    this.#folder = join(options.dataDir, 'door')
    ensurePrivateFolder(this.#folder)
    this.#load()
  }

  /** Port on which it listens; 0 until it does. */
  get port(): number {
    return this.#port
  }

  /** Opens the door when there is a certificate, now or later. */
  async start(): Promise<void> {
    await this.#open()
    this.#look()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    await this.#looking
    await this.#server?.close()
  }

  #load(): void {
    const [roster, door] = ['roster.json', 'door.json'].map((name) => {
      const path = join(this.#folder, name)
      return existsSync(path) ? readFileSync(path, 'utf8') : ''
    })
    this.#useRoster(roster ?? '')
    this.#credentials = readCredentials(door ?? '')
  }

  #useRoster(text: string): boolean {
    const roster = parseRoster(text)
    if (roster === undefined) return false
    this.#rosterText = text
    this.roster.replace(roster)
    return true
  }

  async #open(): Promise<void> {
    const { listen, handle, onRefused, clock, log, metrics } = this.#options
    if (this.#server !== undefined || this.#credentials === undefined || this.#isStopped) return
    const server = createHostServer({
      credentials: this.#credentials,
      roster: this.roster,
      handle,
      ...(onRefused === undefined ? {} : { onRefused }),
      clock,
      log,
      metrics,
    })
    try {
      this.#port = await server.listen(listen)
      this.#server = server
      log.info('hosts-door-open', { port: this.#port })
    } catch (error) {
      await server.close()
      throw error
    }
  }

  #look(): void {
    this.#looking = this.#refresh()
      .then(() => void (this.#isFailing = false))
      .catch((error: unknown) => {
        if (!this.#isFailing) this.#options.log.warn('roster-not-refreshed', { error })
        this.#isFailing = true
      })
      .finally(() => {
        if (!this.#isStopped) this.#timer = this.#options.clock.after(rosterLookMs, () => this.#look())
      })
  }

  async #refresh(): Promise<void> {
    const { text, status } = await this.#ask('GET', '/v1/roster')
    if (status !== 200) throw new Error(`the ledger answers ${status}`)
    if (text !== this.#rosterText && this.#useRoster(text))
      writeAtomic(join(this.#folder, 'roster.json'), text)
    await this.#renew()
    await this.#open()
  }

  async #renew(): Promise<void> {
    const held = this.#credentials === undefined ? undefined : readHostCertificate(this.#credentials.chain)
    const half = held === undefined ? 0 : (held.notBeforeMs + held.notAfterMs) / 2
    if (this.#options.clock.now() < half) return
    const { part } = this.#options
    const { key, request: asked } = createHostKey('backbone', part)
    const answer = await this.#ask('POST', '/v1/local-certificate', { layer: part, request: asked })
    const credentials = answer.status === 200 ? readCredentials(answer.text, key) : undefined
    if (credentials === undefined) throw new Error(`the ledger gives no certificate: ${answer.status}`)
    writeAtomic(join(this.#folder, 'door.json'), `${JSON.stringify({ v: 1, ...credentials })}\n`)
    this.#credentials = credentials
    this.#server?.renew(credentials)
  }

  #ask(method: 'GET' | 'POST', path: string, body?: object): Promise<SocketAnswer> {
    const socketPath = join(this.#options.rootDir, 'ledger', 'hosts.sock')
    return postOver(
      (options) => request({ ...options, method, socketPath, agent: false }),
      body === undefined ? { path, headers: {}, body: new Uint8Array() } : jsonPost(path, body),
    )
  }
}
