import { Hono } from 'hono'
import { judgeOrigin } from '../access/guard.ts'
import { Attempts } from '../access/attempts.ts'
import { BackendError } from '../backend/backend.ts'
import { hasCsrf } from '../session/sessions.ts'
import { readSessionCookie } from './cookie.ts'
import { refuse } from './console-routes.ts'
import type { ConsoleEnv, ConsoleRoutes, ConsoleServices } from './console-routes.ts'
import { securityHeaders } from './headers.ts'
import { addActions } from './routes/actions.ts'
import { addHealth } from './routes/health.ts'
import { addIncidents } from './routes/incidents.ts'
import { addLogin } from './routes/login.ts'
import { addQuestions } from './routes/questions.ts'
import { addTail } from './routes/tail.ts'
import { addWatch } from './routes/watch.ts'

const gateStatus = { GATE_HOST: 421, GATE_CROSS_SITE: 403, GATE_NOT_JSON: 415, GATE_METHOD: 400 } as const

function addGate({ app, services }: ConsoleRoutes): void {
  app.use(async (c, next) => {
    for (const [name, value] of Object.entries(securityHeaders)) c.header(name, value)
    const peer = c.env.incoming.socket.remoteAddress
    if (!services.isTrustedPeer(peer)) return refuse(c, 403, 'GATE_NETWORK')
    c.set('peer', peer ?? '')
    const refusal = judgeOrigin(
      {
        method: c.req.method,
        path: c.req.path,
        host: c.req.header('host'),
        origin: c.req.header('origin'),
        fetchSite: c.req.header('sec-fetch-site'),
        contentType: c.req.header('content-type'),
      },
      services.gate,
    )
    if (refusal !== null) {
      services.record({ kind: 'refused', actor: 'unknown', peer: peer ?? '', detail: refusal })
      return refuse(c, gateStatus[refusal], refusal)
    }
    await next()
    return undefined
  })
}

function addSessionCheck({ app, services }: ConsoleRoutes): void {
  app.use('/api/*', async (c, next) => {
    if (c.req.path.startsWith('/api/login/')) {
      await next()
      return undefined
    }
    const id = readSessionCookie(c.req.header('cookie'))
    const session = id === undefined ? null : services.sessions.find(id)
    if (session === null) return refuse(c, 401, 'SESSION_NONE')
    const isChange = c.req.method !== 'GET' && c.req.method !== 'HEAD'
    if (isChange && !hasCsrf(session, c.req.header('x-sevenfold-csrf'))) return refuse(c, 403, 'SESSION_CSRF')
    c.set('session', session)
    await next()
    return undefined
  })
}

function addAssets({ app, services }: ConsoleRoutes): void {
  app.get('*', (c) => {
    if (services.assets.size === 0)
      return c.text('the console page has not been built; run npm run build\n', 503)
    const asset = services.assets.get(c.req.path)
    if (asset === undefined) return c.text('not found\n', 404)
    return c.body(new Uint8Array(asset.body), 200, { 'content-type': asset.type })
  })
}

/** The console's HTTP application. */
export function createConsoleApp(services: ConsoleServices): Hono<ConsoleEnv> {
  const routes: ConsoleRoutes = {
    app: new Hono<ConsoleEnv>(),
    services,
    attempts: new Attempts(services.now),
  }
  addGate(routes)
  addHealth(routes)
  addSessionCheck(routes)
  addLogin(routes)
  addQuestions(routes)
  addTail(routes)
  addActions(routes)
  addIncidents(routes)
  addWatch(routes)
  addAssets(routes)
  routes.app.onError((error, c) => {
    if (error instanceof BackendError) return refuse(c, error.status, error.code)
    services.log.error('console-request-failed', { path: c.req.path, error: error.message })
    return c.json({ error: { code: 'CONSOLE_INTERNAL' } }, 500)
  })
  return routes.app
}
