import { signal } from '@preact/signals'
import { ApiError, change, csrf, explain, get } from './api.ts'

/** Who is logged in. */
export interface Me {
  readonly name: string
  readonly role: 'viewer' | 'responder' | 'admin'
  readonly csrf: string
}

/** `undefined` while unknown, `null` when nobody is logged in. */
export const me = signal<Me | null | undefined>(undefined)
export const loginProblem = signal('')

function enter(session: Me): void {
  csrf.value = session.csrf
  me.value = session
  loginProblem.value = ''
}

/** Uses the link token in the fragment, if any, or the session of the cookie. */
export async function start(): Promise<void> {
  const token = /^#login=([A-Za-z0-9_-]+)$/.exec(location.hash)?.[1]
  try {
    if (token === undefined) enter(await get<Me>('/api/session'))
    else {
      // The token must not stay in the history.
      history.replaceState(null, '', location.pathname)
      enter(await change<Me>('POST', '/api/login/link', { token }))
    }
  } catch (error) {
    const isFirstVisit = token === undefined && error instanceof ApiError && error.status === 401
    loginProblem.value = isFirstVisit ? '' : explain(error)
    me.value = null
  }
}

export async function login(name: string, password: string): Promise<void> {
  try {
    enter(await change<Me>('POST', '/api/login/password', { name, password }))
  } catch (error) {
    loginProblem.value = explain(error)
  }
}

export async function logout(): Promise<void> {
  await change('POST', '/api/logout', {}).catch(() => undefined) // the cookie may have ended before
  csrf.value = ''
  me.value = null
}

/** To be called with any failure: shows the login again when the session is over. */
export function noteFailure(error: unknown): void {
  if (error instanceof ApiError && error.status === 401) me.value = null
}
