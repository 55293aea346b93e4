import { randomBytes } from 'node:crypto'
import { isPartName } from '@sevenfold/event'
import type { JsonObject, PartName } from '@sevenfold/event'
import {
  areDatasets,
  encodeEnrolToken,
  enrolContext,
  isHostName,
  keyIdOf,
  ownDatasets,
  publicKeyFromRaw,
  verifySignature,
} from '@sevenfold/layer'
import type { HostIdentity, RosterBook } from '@sevenfold/layer'
import { Attempts } from './attempts.ts'
import type { Authority, CheckedRequest, Issued } from './authority.ts'
import type { EnrolledHost, HostBook } from './host-book.ts'
import { withCertificate } from './host-book.ts'
import { HostsError } from './hosts-error.ts'
import { tokenLife } from './token-store.ts'
import type { OpenToken, TokenStore } from './token-store.ts'

/** What the desk needs. */
export interface HostDeskOptions {
  readonly authority: Authority
  readonly tokens: TokenStore
  readonly book: HostBook
  /** Where each receiver listens for hosts. */
  readonly receivers: () => Readonly<Record<string, string>>
  /** Life of a certificate, in milliseconds. */
  readonly lifeMs: number
  readonly now: () => number
  readonly monotonicMs: () => number
  /** Told what was done and what was refused, for events. */
  readonly onAct: (act: HostAct) => void
  /** True when a key belongs to a part of this host. */
  readonly isLocalKey: (keyId: string) => boolean
}

/** Something that happened at the desk. */
export interface HostAct {
  readonly op: 'enrol-token' | 'enrol' | 'enrol-renew' | 'enrol-revoke'
  readonly actor: string
  readonly what: string
  readonly ok: boolean
}

/** What a host gets. */
export interface Enrolled {
  readonly chain: string
  readonly receivers: Readonly<Record<string, string>>
}

/** Name that the listeners of the backbone's own host carry. */
export const backboneHost = 'backbone'

function text(body: JsonObject, key: string, max = 8192): string {
  const value = body[key]
  if (typeof value === 'string' && value.length <= max) return value
  throw new HostsError('HOSTS_BAD_REQUEST', `${key} must be text of at most ${max} characters`)
}

function hostOf(body: JsonObject): string {
  const { host } = body
  if (isHostName(host) && host !== backboneHost) return host
  throw new HostsError(
    'HOSTS_BAD_REQUEST',
    `host must be small letters, digits and hyphens, at most 32, and not ${backboneHost}`,
  )
}

function layerOf(body: JsonObject): PartName {
  const { layer } = body
  if (isPartName(layer)) return layer
  throw new HostsError('HOSTS_BAD_REQUEST', 'layer must be a part such as edge or runtime')
}

function datasetsOf(body: JsonObject, layer: PartName): readonly string[] {
  const { datasets } = body
  if (datasets === undefined) return ownDatasets(layer)
  if (areDatasets(datasets)) return datasets
  throw new HostsError(
    'HOSTS_BAD_REQUEST',
    'datasets must be names such as sevenfold.edge.access, at most 16',
  )
}

/** Where hosts become members: tokens out, requests in, certificates out, and back. */
export class HostDesk {
  readonly #options: HostDeskOptions
  readonly #attempts: Attempts

  constructor(options: HostDeskOptions) {
    this.#options = options
    this.#attempts = new Attempts(options.monotonicMs)
  }

  get roster(): RosterBook {
    return this.#options.book.roster
  }

  /** Makes a token for one layer of one host. */
  token(body: JsonObject): { token: string; expires: string; fingerprint: string } {
    const { tokens, authority, receivers, now } = this.#options
    const [host, layer, actor] = [hostOf(body), layerOf(body), text(body, 'actor', 128)]
    const ttlMs = body['ttlMs']
    if (typeof ttlMs !== 'number' || !(ttlMs >= tokenLife.minMs && ttlMs <= tokenLife.maxMs))
      throw new HostsError('HOSTS_BAD_REQUEST', 'a token holds from 1 s to 7 d')
    const url = receivers()['ledger'] ?? ''
    const expiresMs = now() + ttlMs
    const datasets = datasetsOf(body, layer)
    const secret = tokens.create({ host, layer, datasets, expiresMs, actor })
    this.#options.onAct({ op: 'enrol-token', actor, what: `${layer} on ${host}`, ok: true })
    const { fingerprint } = authority
    return {
      token: encodeEnrolToken({ url, fingerprint, secret, host, layer }),
      expires: new Date(expiresMs).toISOString(),
      fingerprint,
    }
  }

  /** Takes a token and a request for a certificate. Everything is looked at before the token is spent. */
  async enrol(body: JsonObject, address: string): Promise<Enrolled> {
    if (!this.#attempts.admit(address))
      throw new HostsError('HOSTS_TOO_MANY', 'too many attempts to enrol: wait a minute')
    const actor = `host:${address}`
    const token = this.#options.tokens.find(text(body, 'token', 64))
    if (token === undefined) {
      this.#options.onAct({
        op: 'enrol',
        actor,
        what: 'a token that was used, has expired, or never was',
        ok: false,
      })
      throw new HostsError(
        'HOSTS_BAD_TOKEN',
        'the token was used, has expired, or is not of this installation',
      )
    }
    try {
      const { asked, publicKey } = await this.#checked(body, token)
      return await this.#admit(token, { asked, publicKey })
    } catch (error) {
      const why = error instanceof HostsError ? error.code : 'failed'
      this.#options.onAct({ op: 'enrol', actor, what: `${token.layer} on ${token.host}: ${why}`, ok: false })
      throw error
    }
  }

  async #checked(body: JsonObject, token: OpenToken): Promise<{ asked: CheckedRequest; publicKey: string }> {
    const request = text(body, 'request')
    const asked = await this.#options.authority.readRequest(Buffer.from(request, 'base64'))
    this.#checkName(asked, token)
    const publicKey = text(body, 'publicKey', 64)
    const raw = new Uint8Array(Buffer.from(publicKey, 'base64'))
    const isSigned =
      raw.length === 32 &&
      verifySignature(publicKeyFromRaw(raw), `${enrolContext}\n${request}`, text(body, 'proof', 128))
    if (!isSigned)
      throw new HostsError('HOSTS_BAD_REQUEST', 'the request is not signed by the key of the part')
    if (this.#options.isLocalKey(keyIdOf(raw)))
      throw new HostsError('HOSTS_FOREIGN_IDENTITY', 'the key belongs to a part of the host of the backbone')
    return { asked, publicKey: Buffer.from(raw).toString('base64') }
  }

  #checkName(asked: CheckedRequest, { host, layer }: Pick<HostIdentity, 'host' | 'layer'>): void {
    if (asked.name !== `${host}/${layer}`)
      throw new HostsError(
        'HOSTS_FOREIGN_IDENTITY',
        'the request for a certificate names another host or layer',
      )
  }

  async #admit(token: OpenToken, request: { asked: CheckedRequest; publicKey: string }): Promise<Enrolled> {
    const { tokens, book, now, onAct } = this.#options
    const { host, layer, datasets } = token
    const { publicKey, asked } = request
    // Nothing waits between the look at the token and its end: of two that come with it, one is too late.
    if (tokens.open().every(({ hash }) => hash !== token.hash))
      throw new HostsError('HOSTS_BAD_TOKEN', 'the token was used')
    const other = book
      .all()
      .find((one) => one.publicKey === publicKey && (one.host !== host || one.layer !== layer))
    if (other !== undefined && other.revokedMs === undefined)
      throw new HostsError(
        'HOSTS_FOREIGN_IDENTITY',
        'the key of the part is enrolled under another name: this folder is a copy',
      )
    tokens.burn(token)
    const identity: HostIdentity = { host, layer, datasets, enrolment: randomBytes(8).toString('hex') }
    const issued = await this.#issue(identity, asked)
    const entry: EnrolledHost = {
      ...identity,
      publicKey,
      certificates: [],
      enrolledMs: now(),
      renewedMs: now(),
    }
    book.put(withCertificate(entry, issued))
    onAct({ op: 'enrol', actor: token.actor, what: `${layer} on ${host}`, ok: true })
    return { chain: issued.chain, receivers: this.#options.receivers() }
  }

  #issue(identity: HostIdentity, { publicKey }: CheckedRequest): Promise<Issued> {
    return this.#options.authority.issue({ identity, publicKey, use: 'client', lifeMs: this.#options.lifeMs })
  }

  /** A new certificate for a host that showed one of its own. */
  async renew(identity: HostIdentity, body: JsonObject): Promise<Enrolled> {
    const { authority, book, now, onAct } = this.#options
    const asked = await authority.readRequest(Buffer.from(text(body, 'request'), 'base64'))
    this.#checkName(asked, identity)
    const issued = await this.#issue(identity, asked)
    const entry = book.find(identity) // looked up after the wait: it may have been revoked meanwhile
    if (entry === undefined || entry.revokedMs !== undefined || entry.enrolment !== identity.enrolment)
      throw new HostsError('HOSTS_REVOKED', 'this host was revoked or enrolled anew')
    book.put(withCertificate({ ...entry, renewedMs: now() }, issued))
    onAct({
      op: 'enrol-renew',
      actor: `host:${identity.host}`,
      what: `${identity.layer} on ${identity.host}`,
      ok: true,
    })
    return { chain: issued.chain, receivers: this.#options.receivers() }
  }

  /** Ends a host, or one of its layers. Gives what was ended. @throws HostsError HOSTS_UNKNOWN. */
  revoke(body: JsonObject): readonly { readonly host: string; readonly layer: PartName }[] {
    const { book, tokens, now, onAct } = this.#options
    const [host, actor] = [hostOf(body), text(body, 'actor', 128)]
    const layer = body['layer'] === undefined ? undefined : layerOf(body)
    const reason = body['reason'] === undefined ? '' : text(body, 'reason', 200)
    const ended = book
      .all()
      .filter((one) => one.host === host && (layer === undefined || one.layer === layer))
      .filter(({ revokedMs }) => revokedMs === undefined)
    if (ended.length === 0) throw new HostsError('HOSTS_UNKNOWN', `no host ${host} is enrolled`)
    tokens.burnHost(host)
    book.put(...ended.map((one) => ({ ...one, revokedMs: now(), reason })))
    for (const one of ended)
      onAct({
        op: 'enrol-revoke',
        actor,
        what: `${one.layer} on ${host}${reason === '' ? '' : `: ${reason}`}`,
        ok: true,
      })
    return ended.map((one) => ({ host, layer: one.layer }))
  }

  /** Everybody, and the tokens that are open, for people. */
  list(): Readonly<Record<string, unknown>> {
    const { book, tokens, authority, receivers } = this.#options
    const time = (ms: number | undefined): string | undefined =>
      ms === undefined ? undefined : new Date(ms).toISOString()
    return {
      fingerprint: authority.fingerprint,
      authorityEnds: time(authority.endMs),
      receivers: receivers(),
      hosts: book.all().map((one) => ({
        host: one.host,
        layer: one.layer,
        datasets: one.datasets,
        state: one.revokedMs === undefined ? 'enrolled' : 'revoked',
        enrolled: time(one.enrolledMs),
        renewed: time(one.renewedMs),
        certificateEnds: time(one.certificates.at(-1)?.notAfterMs),
        ...(one.revokedMs === undefined ? {} : { revoked: time(one.revokedMs), reason: one.reason ?? '' }),
      })),
      tokens: tokens
        .open()
        .map(({ host, layer, expiresMs, actor }) => ({ host, layer, expires: time(expiresMs), actor })),
    }
  }

  /** A certificate for a listener of a part of this host, asked for over a socket that only its owner can open. */
  async localCertificate(body: JsonObject): Promise<{ chain: string; root: string }> {
    const layer = layerOf(body)
    const asked = await this.#options.authority.readRequest(Buffer.from(text(body, 'request'), 'base64'))
    const identity: HostIdentity = {
      host: backboneHost,
      layer,
      datasets: ownDatasets(layer),
      enrolment: '0'.repeat(16),
    }
    this.#checkName(asked, identity)
    const { authority, lifeMs } = this.#options
    const issued = await authority.issue({ identity, publicKey: asked.publicKey, use: 'server', lifeMs })
    return { chain: issued.chain, root: authority.root }
  }
}
