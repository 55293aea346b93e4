import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Clock } from '../clock/clock.ts'
import { ensurePrivateFolder } from '../files/private-folder.ts'
import { writeAtomic } from '../files/write-atomic.ts'
import type { Logger } from '../log/logger.ts'
import { agentHeader, instanceHeader, leasePath } from '../receive/lease-path.ts'
import type { SocketAnswer, SocketPost } from '../ship/socket-client.ts'

/** A held lease is renewed after this long, in milliseconds: a copied folder is out of date that soon. */
export const leaseRenewMs = 10_000

/** What holding a lease needs. */
export interface HostLeaseOptions {
  /** Folder of the enrolment. */
  readonly folder: string
  /** `<slot>.<receiver>`. */
  readonly name: string
  readonly agentId: string
  /** Id of the enrolment in force. */
  readonly enrolment: () => string
  /** Sends without a lease. */
  readonly send: (post: SocketPost) => Promise<SocketAnswer>
  readonly clock: Clock
  readonly log: Logger
}

const limits = { maxTextLength: 4096, maxDepth: 3, maxNodes: 12, maxStringLength: 512 }

function fieldOf(text: string, key: string): string {
  const parsed = parseBoundedJson(text, limits)
  const value = parsed.ok && isJsonObject(parsed.value) ? parsed.value[key] : undefined
  return typeof value === 'string' ? value : ''
}

/** Code of an error answer, empty when there is none. */
export function errorCodeOf(text: string): string {
  const parsed = parseBoundedJson(text, limits)
  const error = parsed.ok && isJsonObject(parsed.value) ? parsed.value['error'] : undefined
  const code = isJsonObject(error) ? error['code'] : undefined
  return typeof code === 'string' ? code : ''
}

/**
 * Shows a receiver on another host, again and again, the ticket that it gave the last time. Whoever runs on a copy of the
 * data folder has a ticket that was used since, and is refused.
 */
export class HostLease {
  /** This process; a copy of the folder is used by another one. */
  readonly instance: string = randomBytes(16).toString('hex')
  readonly #options: HostLeaseOptions
  readonly #path: string
  #ticket: { readonly enrolment: string; readonly ticket: string } | undefined
  #takenMs = Number.NEGATIVE_INFINITY
  #taking: Promise<SocketAnswer | undefined> | undefined
  #isCloned = false

  constructor(options: HostLeaseOptions) {
    this.#options = options
    this.#path = join(options.folder, 'leases', `${options.name}.json`)
  }

  /** Headers that a request of the holder carries. */
  headers(): Record<string, string> {
    return { [agentHeader]: this.#options.agentId, [instanceHeader]: this.instance }
  }

  /** Sends as the holder of the lease; a refusal of the lease is the answer. */
  async post(post: SocketPost): Promise<SocketAnswer> {
    const refused = await this.#hold()
    if (refused !== undefined) return refused
    const outgoing = { ...post, headers: { ...this.headers(), ...post.headers } }
    const answer = await this.#options.send(outgoing)
    if (answer.status !== 409 || errorCodeOf(answer.text) !== 'RECEIVE_LEASE') return answer
    // Another process of ours took it, or the receiver has forgotten: the ticket tells which.
    this.#takenMs = Number.NEGATIVE_INFINITY
    return (await this.#hold()) ?? (await this.#options.send(outgoing))
  }

  #hold(): Promise<SocketAnswer | undefined> {
    if (this.#options.clock.monotonicMs() - this.#takenMs < leaseRenewMs) return Promise.resolve(undefined)
    this.#taking ??= this.#take().finally(() => (this.#taking = undefined))
    return this.#taking
  }

  async #take(): Promise<SocketAnswer | undefined> {
    const { agentId, enrolment, clock, log } = this.#options
    const answer = await this.#ask({ ticket: this.#known() })
    if (answer.status !== 200) {
      const isCloned = errorCodeOf(answer.text) === 'RECEIVE_CLONED'
      if (isCloned && !this.#isCloned)
        log.error('host-cloned', {
          agent: agentId,
          hint: 'another process used a copy of this data folder; enrol this host anew if it is the right one',
        })
      this.#isCloned = isCloned
      return answer
    }
    this.#isCloned = false
    this.#keep({ enrolment: enrolment(), ticket: fieldOf(answer.text, 'ticket') })
    // Only now, when it is on disk, does the one before it end: a copy that was made of it is out of date at once.
    await this.#ask({ ticket: this.#ticket?.ticket ?? '', confirm: true })
    this.#takenMs = clock.monotonicMs()
    return undefined
  }

  #ask(wish: { readonly ticket: string; readonly confirm?: boolean }): Promise<SocketAnswer> {
    const { agentId, send } = this.#options
    return send({
      path: leasePath,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ agent: agentId, instance: this.instance, ...wish })),
    })
  }

  #known(): string {
    if (this.#ticket === undefined && existsSync(this.#path)) {
      const text = readFileSync(this.#path, 'utf8')
      this.#ticket = { enrolment: fieldOf(text, 'enrolment'), ticket: fieldOf(text, 'ticket') }
    }
    // A ticket of an enrolment that was replaced counts nowhere.
    return this.#ticket?.enrolment === this.#options.enrolment() ? this.#ticket.ticket : ''
  }

  #keep(ticket: { readonly enrolment: string; readonly ticket: string }): void {
    this.#ticket = ticket
    try {
      ensurePrivateFolder(join(this.#options.folder, 'leases'))
      writeAtomic(this.#path, `${JSON.stringify({ v: 1, ...ticket })}\n`)
    } catch (error) {
      // Good while this process runs; the one after it would be taken for a copy.
      this.#options.log.error('lease-not-kept', { error })
    }
  }
}
