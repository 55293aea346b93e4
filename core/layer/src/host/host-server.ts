import { createServer as createHttpsServer } from 'node:https'
import type { Server as HttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { Clock, Timer } from '../clock/clock.ts'
import type { Logger } from '../log/logger.ts'
import type { Counter, Metrics } from '../metrics/metrics.ts'
import type { RequestHandler } from '../receive/receiver-types.ts'
import { HandshakeGate, handshakeLimits as defaults } from './handshake-gate.ts'
import type { HandshakeLimits } from './handshake-gate.ts'
import { readHostCertificate } from './host-identity.ts'
import type { HostCertificate } from './host-identity.ts'
import { setHost } from './host-of.ts'
import type { RosterBook } from './roster.ts'

/** Key and certificates of a listener, PEM. */
export interface ServerCredentials {
  readonly key: string
  /** Its certificate and those that lead to the root, the root too: a host that joins reads it there. */
  readonly chain: string
  readonly root: string
}

/** What a listener for hosts needs. */
export interface HostServerOptions {
  readonly credentials: ServerCredentials
  readonly roster: RosterBook
  /** Requests of hosts; `hostOf` says of which. */
  readonly handle: RequestHandler
  /** Requests of whoever shows no certificate; without it nobody gets in without one. */
  readonly handleStranger?: RequestHandler
  /** Hosts with a certificate that ended a short while ago: only what they may still ask for. */
  readonly handleExpired?: RequestHandler
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  /** Told about certificates that are of us and refused all the same, each host once a minute. */
  readonly onRefused?: (why: string, certificate: HostCertificate) => void
  readonly limits?: Partial<HandshakeLimits>
}

/** Listens for hosts. */
export interface HostServer {
  /** Resolves with the port. */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>
  /** Goes on with other credentials; connections stay. */
  renew(credentials: ServerCredentials): void
  close(): Promise<void>
}

/** Most connections at one time. */
export const maxHostConnections = 1024
/** How often connections are looked at again, in milliseconds. */
export const sweepMs = 1_000
const tellEveryMs = 60_000
const maxTold = 2_000
/** A certificate may be renewed for this long after its end, in milliseconds. */
export const renewGraceMs: number = 7 * 86_400_000

interface Guest {
  readonly certificate: HostCertificate
  readonly isExpired: boolean
}

interface State {
  readonly options: HostServerOptions
  readonly limits: HandshakeLimits
  readonly gate: HandshakeGate
  readonly guests: Map<TLSSocket, Guest>
  readonly strangers: WeakSet<Socket>
  readonly connections: Counter
  /** When each refusal was told last. */
  readonly told: Map<string, number>
}

function isOver({ certificate }: Guest, now: number): boolean {
  return now > certificate.notAfterMs
}

function hasCertificate(socket: TLSSocket): boolean {
  return Object.keys(socket.getPeerCertificate()).length > 0
}

/** The certificate of a connection when it leads to our root. OpenSSL checks the end last: nothing else is wrong with it then. */
function certificateOf(socket: TLSSocket, now: number): Guest | undefined {
  const error = socket.authorizationError as unknown
  const hasEnded = !socket.authorized && String(error) === 'CERT_HAS_EXPIRED'
  if (!socket.authorized && !hasEnded) return undefined
  const peer = socket.getPeerCertificate()
  const certificate = peer.raw === undefined ? undefined : readHostCertificate(peer.raw)
  if (certificate === undefined || now > certificate.notAfterMs + renewGraceMs) return undefined
  // A resumed session was looked at when the certificate was still good.
  return { certificate, isExpired: hasEnded || now > certificate.notAfterMs }
}

/** A host that is refused comes back every few seconds, in each of its processes: once a minute is told. */
function isToldNow({ told, options }: State, what: string): boolean {
  const now = options.clock.monotonicMs()
  if (now - (told.get(what) ?? Number.NEGATIVE_INFINITY) < tellEveryMs) return false
  if (told.size >= maxTold) told.clear()
  told.set(what, now)
  return true
}

function refuse(state: State, socket: TLSSocket, guest: Guest, why: 'unknown' | 'revoked'): void {
  const { identity, serial } = guest.certificate
  const { host, layer } = identity
  state.options.log.warn('host-refused', { host, layer, serial, why })
  state.connections.inc(1, { result: why === 'revoked' ? 'revoked' : 'refused' })
  if (isToldNow(state, `${why} ${layer}/${host}`)) state.options.onRefused?.(why, guest.certificate)
  socket.destroy()
}

function welcome(state: State, socket: TLSSocket): void {
  const { options, guests, strangers, connections } = state
  if (!hasCertificate(socket) && options.handleStranger !== undefined) {
    strangers.add(socket)
    connections.inc(1, { result: 'stranger' })
    return
  }
  const guest = certificateOf(socket, options.clock.now())
  if (guest === undefined || (guest.isExpired && options.handleExpired === undefined)) {
    connections.inc(1, { result: 'refused' })
    socket.destroy()
    return
  }
  const why = options.roster.refusalOf(guest.certificate)
  if (why !== undefined) {
    refuse(state, socket, guest, why)
    return
  }
  connections.inc(1, { result: 'accepted' })
  guests.set(socket, guest)
  socket.once('close', () => guests.delete(socket))
  setHost(socket, guest.certificate.identity)
}

/** Ends every connection whose certificate does not count any more. */
function sweep(state: State): void {
  const { roster, clock, handleExpired } = state.options
  for (const [socket, guest] of state.guests) {
    const why = roster.refusalOf(guest.certificate)
    if (why !== undefined) refuse(state, socket, guest, why)
    // The next connection says that the certificate has ended, and gets only what it may still have.
    else if (isOver(guest, clock.now()) && !(guest.isExpired && handleExpired !== undefined)) socket.destroy()
  }
}

function answer(state: State, request: IncomingMessage, response: ServerResponse): void {
  const { options, guests, strangers } = state
  // A server of HTTPS has only such sockets.
  const socket = request.socket as TLSSocket
  const guest = guests.get(socket)
  if (guest !== undefined) {
    const handle = guest.isExpired ? options.handleExpired : options.handle
    if (options.roster.refusalOf(guest.certificate) === undefined) handle?.(request, response)
    else socket.destroy()
  } else if (strangers.has(socket)) options.handleStranger?.(request, response)
  else socket.destroy()
}

function contextOf({ key, chain, root }: ServerCredentials): { key: string; cert: string; ca: string } {
  return { key, cert: chain, ca: root }
}

function createTls(state: State): HttpsServer {
  const server = createHttpsServer(
    {
      ...contextOf(state.options.credentials),
      minVersion: 'TLSv1.3',
      requestCert: true,
      rejectUnauthorized: false, // `welcome` decides: it can say why, and lets strangers enrol
      handshakeTimeout: state.limits.timeoutMs,
      maxHeaderSize: 16_384,
      headersTimeout: 5_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 60_000,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => answer(state, request, response),
  )
  server.on('secureConnection', (socket) => welcome(state, socket))
  server.on('tlsClientError', (_error, socket) => {
    state.connections.inc(1, { result: 'failed' })
    socket.destroy()
  })
  return server
}

/** Puts the gate before TLS: what it does not let in costs one accepted socket and nothing more. */
function guard(state: State, server: HttpsServer): ReadonlySet<Socket> {
  const raw = new Set<Socket>()
  const pending = new Map<string, (succeeded: boolean) => void>()
  const nameOf = (socket: Socket): string => `${socket.remoteAddress ?? ''} ${socket.remotePort ?? 0}`
  const begin = server.listeners('connection') as ((socket: Socket) => void)[]
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const name = nameOf(socket)
    if (!state.gate.begin(address)) {
      state.connections.inc(1, { result: 'limited' })
      socket.destroy()
      return
    }
    const settle = (succeeded: boolean): void => {
      if (pending.delete(name)) state.gate.end(address, succeeded)
    }
    pending.set(name, settle)
    raw.add(socket)
    socket.once('close', () => {
      raw.delete(socket)
      settle(false)
    })
    for (const run of begin) run.call(server, socket)
  })
  // Somebody with a certificate that is not of us is as little welcome as one who never finishes.
  server.prependListener('secureConnection', (socket) => {
    const isWrong = hasCertificate(socket) && certificateOf(socket, state.options.clock.now()) === undefined
    pending.get(nameOf(socket))?.(!isWrong)
  })
  return raw
}

/** A listener for other hosts: TLS 1.3, certificates of our own authority, each of them on the roster. */
export function createHostServer(options: HostServerOptions): HostServer {
  const { clock, metrics } = options
  const limits: HandshakeLimits = { ...defaults, ...options.limits }
  const state: State = {
    options,
    limits,
    gate: new HandshakeGate(clock, limits),
    guests: new Map(),
    strangers: new WeakSet(),
    told: new Map(),
    connections: metrics.counter('sevenfold_host_connections_total', 'Connections of hosts, by result', {
      result: ['accepted', 'stranger', 'refused', 'revoked', 'limited', 'failed'],
    }),
  }
  const tls = createTls(state)
  const raw = guard(state, tls)
  tls.maxConnections = maxHostConnections
  const endListening = options.roster.onChange(() => sweep(state))
  let timer: Timer | undefined
  const look = (): void => {
    sweep(state)
    timer = clock.after(sweepMs, look)
  }
  timer = clock.after(sweepMs, look)
  return {
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        tls.once('error', reject)
        tls.listen(port, host, () => {
          tls.off('error', reject)
          resolve((tls.address() as AddressInfo).port)
        })
      }),
    renew: (credentials) => tls.setSecureContext({ ...contextOf(credentials), minVersion: 'TLSv1.3' }),
    close: () => {
      timer?.cancel()
      endListening()
      return new Promise((resolve) => {
        tls.close(() => resolve())
        tls.closeAllConnections()
        for (const socket of raw) socket.destroy()
      })
    },
  }
}
