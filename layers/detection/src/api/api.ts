import type { IncomingMessage, ServerResponse } from 'node:http'
import { DetectionError } from '../detection-error.ts'
import { AdminRoutes } from './admin-routes.ts'
import { AlertRoutes } from './alert-routes.ts'
import { AllowListRoutes } from './allow-list-routes.ts'
import { answer, notFound, refuseCall } from './call.ts'
import type { Access, Caller, Door, Route } from './call.ts'
import { DecisionRoutes } from './decision-routes.ts'
import { refusal } from './guard.ts'
import { HeldRoutes } from './held-routes.ts'
import type { Services } from './services.ts'
import { WatcherRoutes } from './watcher-routes.ts'
import { plainAddress, readClientCertificate } from '../tls/client-certificate.ts'
import type { CertificateVerdict } from '../tls/client-certificate.ts'

const statusOf: Readonly<Record<DetectionError['code'], number>> = {
  DETECTION_ALLOW_LISTED: 409,
  DETECTION_BAD_ALERT: 400,
  DETECTION_BAD_ALLOW_LIST: 400,
  DETECTION_BAD_BOUNCER: 400,
  DETECTION_BAD_DECISION: 400,
  DETECTION_BAD_DURATION: 400,
  DETECTION_BAD_FILTER: 400,
  DETECTION_BAD_HELD: 400,
  DETECTION_BAD_MACHINE: 400,
  DETECTION_BAD_PROFILE: 400,
  DETECTION_BOUNCERS_INVALID: 500,
  DETECTION_BOUNCER_EXISTS: 409,
  DETECTION_BUSY: 503,
  DETECTION_ENFORCEMENT: 500,
  DETECTION_MACHINES_INVALID: 500,
  DETECTION_MACHINE_EXISTS: 409,
  DETECTION_NEVER_BAN: 409,
}

/** Longest key or token that is looked at. */
const maxCredential = 4_096

/**
 * The Local API: every endpoint of CrowdSec's swagger, the live stream, and administration on the socket.
 * Over TCP bouncers come with `X-Api-Key` and read, machines come with a token and report.
 */
export class Api {
  readonly #services: Services
  readonly #routes: readonly Route[]

  constructor(services: Services) {
    this.#services = services
    const decisions = new DecisionRoutes(services)
    this.#routes = [
      ...decisions.routes(),
      ...new HeldRoutes(services).routes(),
      ...new AlertRoutes(services).routes(),
      ...new WatcherRoutes(services).routes(),
      ...new AllowListRoutes(services).routes(),
      ...new AdminRoutes(services, (bouncer) => decisions.forget(bouncer)).routes(),
      ...(services.moreRoutes ?? []),
    ]
  }

  /** Answers one request. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse, door: Door): void {
    response.on('error', () => undefined) // the client went away; nobody is left to tell
    this.#route(request, response, door).catch((error: unknown) => {
      if (error instanceof DetectionError)
        return refuseCall(response, {
          status: statusOf[error.code],
          code: error.code,
          message: error.message,
        })
      this.#services.log.error('api-failed', { error })
      return refuseCall(response, { status: 500, code: 'DETECTION_INTERNAL', message: 'the request failed' })
    })
  }

  async #route(request: IncomingMessage, response: ServerResponse, door: Door): Promise<void> {
    const refused = door === 'tcp' ? refusal(request, this.#services.guard) : undefined
    if (refused !== undefined)
      return refuseCall(response, { status: 421, code: 'DETECTION_FOREIGN', message: refused })
    const url = urlOf(request)
    if (url === undefined)
      return refuseCall(response, { status: 400, code: 'DETECTION_BAD_REQUEST', message: 'malformed path' })
    // HEAD asks whether GET would answer; node:http leaves out the body.
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname
    const certificate: CertificateVerdict =
      door === 'socket'
        ? { kind: 'none' }
        : readClientCertificate(request.socket, this.#services.certificates)
    if (certificate.kind === 'refused')
      return refuseCall(response, {
        status: 403,
        code: 'DETECTION_CERTIFICATE',
        message: `the client certificate is refused: ${certificate.reason}`,
      })
    const caller: Caller = door === 'socket' ? { kind: 'local' } : this.#callerOf(request, certificate)
    const candidates = this.#routes.filter((route) => route.path.test(path))
    const route = candidates.find((one) => one.method === method && isAllowed(one.access, caller))
    if (route !== undefined) {
      const captured = route.path.exec(path)?.slice(1) ?? []
      const agent = certificate.kind === 'agent' ? { agent: certificate.name } : {}
      return route.run({ request, response, url, caller, captured, ...agent })
    }
    return refuseUnrouted(response, { caller, candidates, method: method ?? '' })
  }

  #callerOf(request: IncomingMessage, certificate: CertificateVerdict): Caller {
    const { bouncers, machines, presence } = this.#services
    const from = {
      address: plainAddress(request.socket.remoteAddress),
      agent: request.headers['user-agent'] ?? '',
    }
    const { 'x-api-key': key, authorization = '' } = request.headers
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization.slice(0, maxCredential))?.[1]
    const machine = token === undefined ? undefined : machines.find(token)
    if (machine !== undefined) {
      presence.note(`machine ${machine.name}`, from)
      return { kind: 'machine', machine }
    }
    const isKey = typeof key === 'string' && key.length <= maxCredential
    const bouncer =
      certificate.kind === 'bouncer'
        ? bouncers.ofCertificate(certificate.name)
        : isKey
          ? bouncers.find(key)
          : undefined
    if (bouncer === undefined) return { kind: 'nobody' }
    presence.note(`bouncer ${bouncer.name}`, from)
    return { kind: 'bouncer', bouncer }
  }
}

function isAllowed(access: Access, caller: Caller): boolean {
  if (caller.kind === 'local' || access === 'anybody') return true
  if (caller.kind === 'nobody' || access === 'local') return false
  return access === 'either' || access === caller.kind
}

/** What is said to a request that no route takes: nobody without a credential learns which endpoints there are. */
function refuseUnrouted(
  response: ServerResponse,
  asked: { caller: Caller; candidates: readonly Route[]; method: string },
): void {
  const { caller, candidates, method } = asked
  const open = candidates.filter(({ access }) => access !== 'local')
  const fitting = open.find((route) => route.method === method)
  // CrowdSec's own words and codes: its bouncers show the one, its agents log in again on the other.
  if (fitting?.access === 'machine' && caller.kind === 'nobody')
    return answer(response, 401, { code: 401, message: 'cookie token is empty' })
  if (caller.kind === 'nobody' || fitting !== undefined || method !== 'GET')
    return answer(response, 403, { message: 'access forbidden' })
  return notFound(response)
}

function urlOf(request: IncomingMessage): URL | undefined {
  const target = request.url ?? '/'
  return target.startsWith('/') && URL.canParse(target, 'http://localhost')
    ? new URL(target, 'http://localhost')
    : undefined
}
