import { readBody, textMember } from '../body.ts'
import { readSessionCookie, writeSessionCookie } from '../cookie.ts'
import { refuse } from '../console-routes.ts'
import type { ConsoleContext, ConsoleRoutes } from '../console-routes.ts'
import type { Role } from '../../session/role.ts'

function welcome(c: ConsoleContext, routes: ConsoleRoutes, who: { name: string; role: Role }): Response {
  const { id, session } = routes.services.sessions.start(who.name, who.role)
  c.header('set-cookie', writeSessionCookie(id, routes.services.secure))
  routes.attempts.succeeded(c.get('peer'))
  routes.services.record({ kind: 'login', actor: who.name, peer: c.get('peer'), detail: who.role })
  return c.json({ name: session.name, role: session.role, csrf: session.csrf })
}

function refuseLogin(c: ConsoleContext, routes: ConsoleRoutes, name: string): Response {
  routes.attempts.failed(c.get('peer'))
  routes.services.record({ kind: 'login-failed', actor: name, peer: c.get('peer') })
  return refuse(c, 401, 'LOGIN_FAILED')
}

function mustWait(c: ConsoleContext, routes: ConsoleRoutes): Response | null {
  const waitMs = routes.attempts.waitMs(c.get('peer'))
  if (waitMs === 0) return null
  c.header('retry-after', String(Math.ceil(waitMs / 1000)))
  return refuse(c, 429, 'LOGIN_TOO_OFTEN')
}

/** Login by one-time link or password, who am I, logout. */
export function addLogin(routes: ConsoleRoutes): void {
  const { app, services } = routes
  app.post('/api/login/link', async (c) => {
    const wait = mustWait(c, routes)
    if (wait !== null) return wait
    const token = textMember((await readBody(c.req.raw)) ?? {}, 'token')
    const role = token === undefined ? null : services.links.redeem(token)
    return role === null ? refuseLogin(c, routes, 'link') : welcome(c, routes, { name: 'link', role })
  })
  app.post('/api/login/password', async (c) => {
    const wait = mustWait(c, routes)
    if (wait !== null) return wait
    const body = (await readBody(c.req.raw)) ?? {}
    const name = textMember(body, 'name', 64)
    const password = textMember(body, 'password')
    if (name === undefined || password === undefined) return refuse(c, 400, 'LOGIN_INCOMPLETE')
    const role = await services.users.check(name, password)
    return role === null ? refuseLogin(c, routes, name) : welcome(c, routes, { name, role })
  })
  app.get('/api/session', (c) => {
    const session = c.get('session')
    return c.json({ name: session.name, role: session.role, csrf: session.csrf })
  })
  app.post('/api/logout', (c) => {
    const id = readSessionCookie(c.req.header('cookie'))
    if (id !== undefined) services.sessions.end(id)
    services.record({ kind: 'logout', actor: c.get('session').name, peer: c.get('peer') })
    c.header('set-cookie', writeSessionCookie('', services.secure))
    return c.json({ ok: true })
  })
}
