import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { LedgerConfig } from '@sevenfold/config'
import {
  controlPaths,
  createHostKey,
  createHostServer,
  ensurePrivateFolder,
  hostOf,
  hostPaths,
  listenOnSocket,
  renderRoster,
} from '@sevenfold/layer'
import type {
  HostServer,
  Logger,
  PartContext,
  Receiver,
  Registry,
  RosterBook,
  ServerCredentials,
  Timer,
} from '@sevenfold/layer'
import { Authority } from './authority.ts'
import { ControlRelay } from './control-relay.ts'
import { HostBook } from './host-book.ts'
import { HostDesk, backboneHost } from './host-desk.ts'
import type { HostAct } from './host-desk.ts'
import { HostsError } from './hosts-error.ts'
import { answerJson, answerLimits, readJsonBody } from './json-answer.ts'
import { TokenStore } from './token-store.ts'
import { MirrorDesk } from '../mirrors/mirror-desk.ts'

type Context = PartContext<LedgerConfig>

/** The desk where hosts enrol, before anything listens. */
export interface OpenHosts {
  readonly desk: HostDesk
  readonly roster: RosterBook
  /** Listens for hosts and for commands; batches go to `receiver`. */
  listen(receiver: Receiver): Promise<RunningHosts>
}

/** Listening for hosts. */
export interface RunningHosts {
  readonly url: string
  stop(): Promise<void>
}

/** Shortest life of the listener's own certificate, in milliseconds: hosts must be able to connect when theirs has ended. */
const leastOwnLifeMs = 86_400_000

/** Name of the socket for commands and for parts of this host, in the ledger's folder. */
export const hostsSocket = 'hosts.sock'

function noteAct(context: Context, { op, actor, what, ok }: HostAct): void {
  context.log[ok ? 'info' : 'warn'](op, { actor, what, ok })
  context.emit(context.events.admin({ op, actor, to: what }, ok ? 'success' : 'failure'))
}

function at(request: IncomingMessage): string {
  return `${request.method ?? ''} ${(request.url ?? '').split('?', 1)[0] ?? ''}`
}

function notFound(): never {
  throw new HostsError('HOSTS_UNKNOWN', 'no such endpoint')
}

/** Commands of this host: the socket is the credential. */
function createAdminServer(
  context: Context,
  { desk, book, relay }: { desk: HostDesk; book: HostBook; relay: ControlRelay },
): Server {
  const route = async (request: IncomingMessage): Promise<unknown> => {
    switch (at(request)) {
      case 'POST /v1/tokens':
        return desk.token(await readJsonBody(request))
      case 'POST /v1/revoke':
        return { revoked: desk.revoke(await readJsonBody(request)) }
      case 'POST /v1/local-certificate':
        return await desk.localCertificate(await readJsonBody(request))
      case 'POST /v1/control':
        return await relay.ask(await readJsonBody(request))
      case 'GET /v1/hosts':
        return desk.list()
      case 'GET /v1/roster':
        return JSON.parse(renderRoster(book.current())) as unknown
      default:
        return notFound()
    }
  }
  return createServer({ headersTimeout: 5_000, requestTimeout: 15_000 }, (request, response) =>
    answerJson(response, route(request), context.log),
  )
}

function onlyEnrol(context: Context, desk: HostDesk) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const enrol = async (): Promise<unknown> => {
      if (at(request) !== `POST ${hostPaths.enrol}`) return notFound()
      return await desk.enrol(await readJsonBody(request), request.socket.remoteAddress ?? '')
    }
    answerJson(response, enrol(), context.log)
  }
}

function onlyRenew(context: Context, desk: HostDesk) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const renew = async (): Promise<unknown> => {
      const identity = hostOf(request)
      if (identity === undefined || at(request) !== `POST ${hostPaths.renew}`) return notFound()
      return await desk.renew(identity, await readJsonBody(request))
    }
    answerJson(response, renew(), context.log)
  }
}

/** Copies of other ledgers; streams of orders and the answers to them, of whoever holds the lease; true when the request was one of these. */
function orders(
  request: IncomingMessage,
  response: ServerResponse,
  {
    receiver,
    relay,
    mirrors,
    log,
  }: { receiver: Receiver; relay: ControlRelay; mirrors: MirrorDesk; log: Logger },
): boolean {
  const place = at(request)
  if (mirrors.owns(place.slice(place.indexOf(' ') + 1))) {
    answerJson(response, mirrors.take(request), log)
    return true
  }
  const isStream = place === `GET ${controlPaths.orders}`
  if (!isStream && place !== `POST ${controlPaths.answers}`) return false
  if (isStream && receiver.holdsLease(request)) relay.open(request, response)
  else answerJson(response, takeAnswer(request, { receiver, relay }), log)
  return true
}

async function takeAnswer(
  request: IncomingMessage,
  { receiver, relay }: { receiver: Receiver; relay: ControlRelay },
): Promise<object> {
  if (!receiver.holdsLease(request))
    throw new HostsError('HOSTS_NO_LEASE', 'take the lease of this writer first')
  return relay.answer(request, await readJsonBody(request, answerLimits))
}

async function ownCredentials(
  authority: Authority,
  lifeMs: number,
): Promise<ServerCredentials & { endMs: number }> {
  const { key, request } = createHostKey(backboneHost, 'ledger')
  const asked = await authority.readRequest(Buffer.from(request, 'base64'))
  const identity = {
    host: backboneHost,
    layer: 'ledger' as const,
    datasets: ['sevenfold.ledger.*'],
    enrolment: '0'.repeat(16),
  }
  const issued = await authority.issue({ identity, publicKey: asked.publicKey, use: 'server', lifeMs })
  return { key, chain: issued.chain, root: authority.root, endMs: issued.notAfterMs }
}

/** `port` is the one that the system gave when the configuration asks for any. */
function receiversOf({ hosts, detectionUrl }: LedgerConfig, port: number): Readonly<Record<string, string>> {
  return {
    ...(hosts?.url === undefined ? {} : { ledger: hosts.url.replace(/:0$/, `:${port}`) }),
    ...(detectionUrl === undefined ? {} : { detection: detectionUrl }),
  }
}

/** Keeps the listener's own certificate and the authority fresh; both are looked at once an hour, or at half of a short life. */
function keepFresh(
  context: Context,
  state: { authority: Authority; server: HostServer; lifeMs: number; endMs: number },
): { stop(): void } {
  const { clock, log } = context
  const { authority, server, lifeMs } = state
  let { endMs } = state
  let timer: Timer | undefined
  let isStopped = false
  const look = async (): Promise<void> => {
    if (await authority.refresh())
      log.info('authority-renewed', { until: new Date(authority.endMs).toISOString() })
    if (clock.now() > endMs - lifeMs / 2) {
      const credentials = await ownCredentials(authority, lifeMs)
      server.renew(credentials)
      endMs = credentials.endMs
    }
    context.setExpiry({ certificates: new Date(Math.min(endMs, authority.endMs)).toISOString() })
  }
  const arm = (): void => {
    look()
      .catch((error: unknown) => log.error('hosts-not-refreshed', { error }))
      .finally(() => {
        if (!isStopped) timer = clock.after(Math.min(3_600_000, lifeMs / 4), arm)
      })
  }
  arm()
  return {
    stop: () => {
      isStopped = true
      timer?.cancel()
    },
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** Opens what enrols hosts; undefined when the configuration names no address to listen on for them. */
export async function openHosts(context: Context, local: Registry): Promise<OpenHosts | undefined> {
  const { config, dataDir, clock, log, metrics, events } = context
  const { hosts } = config
  if (hosts === undefined) return undefined
  const folder = join(dataDir, 'hosts')
  ensurePrivateFolder(folder)
  const now = (): number => clock.now()
  const authority = await Authority.open(join(folder, 'authority'), now)
  const book = new HostBook(join(folder, 'hosts.json'), now)
  const lifeMs = hosts.certificateLifeMs
  const ownLifeMs = Math.max(lifeMs, leastOwnLifeMs)
  let { port } = hosts.listen
  const desk = new HostDesk({
    authority,
    book,
    tokens: new TokenStore(join(folder, 'tokens.json'), now),
    receivers: () => receiversOf(config, port),
    lifeMs,
    now,
    monotonicMs: () => clock.monotonicMs(),
    onAct: (act) => noteAct(context, act),
    isLocalKey: (keyId) => local.find(keyId) !== undefined,
  })
  const refusals = metrics.counter('sevenfold_hosts_refused_total', 'Certificates of ours that were refused')
  return {
    desk,
    roster: book.roster,
    listen: async (receiver) => {
      const { endMs, ...credentials } = await ownCredentials(authority, ownLifeMs)
      const renew = onlyRenew(context, desk)
      const relay = new ControlRelay(clock)
      const mirrors = new MirrorDesk({
        dataDir,
        origin: config.origin,
        segmentBytes: config.segmentSizeBytes,
        retainBytes: Math.floor(config.segmentsBytes / 4),
        gzipAfterMs: config.gzipAfterMs,
        now,
        onConflict: (host, why) =>
          context.emit(
            events.notice('ledger-copy-conflict', `the copy of the ledger on ${host}: ${why}`, 90),
          ),
        onError: (error) => log.error('pack-failed', { error }),
      })
      const server = createHostServer({
        credentials,
        roster: book.roster,
        handle: (request, response) =>
          receiver.owns(request)
            ? receiver.handle(request, response)
            : void (orders(request, response, { receiver, relay, mirrors, log }) || renew(request, response)),
        handleStranger: onlyEnrol(context, desk),
        handleExpired: renew,
        clock,
        log,
        metrics,
        onRefused: (why, { identity }) => {
          refusals.inc()
          const message = `${identity.layer} on ${identity.host} came with a certificate that is ${why}`
          context.emit(events.notice(`host-${why}`, message, 70))
        },
      })
      const admin = createAdminServer(context, { desk, book, relay })
      await listenOnSocket(admin, join(dataDir, hostsSocket))
      port = await server.listen(hosts.listen)
      const fresh = keepFresh(context, { authority, server, lifeMs: ownLifeMs, endMs })
      return {
        url: receiversOf(config, port)['ledger'] ?? '',
        stop: async () => {
          fresh.stop()
          relay.close()
          await Promise.all([server.close(), closeServer(admin)])
          await mirrors.close()
        },
      }
    },
  }
}
