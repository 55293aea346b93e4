/** Name of the session cookie. */
export const sessionCookie = 'sevenfold_session'

/** The session id of a Cookie header; undefined when there is none. */
export function readSessionCookie(header: string | undefined): string | undefined {
  if (header === undefined || header.length > 8192) return undefined
  for (const part of header.split(';')) {
    const [name, value] = part.trim().split('=', 2)
    if (name === sessionCookie && value !== undefined && /^[A-Za-z0-9_-]{20,128}$/.test(value)) return value
  }
  return undefined
}

/** Set-Cookie value that keeps a session id; with an empty id it removes the cookie. */
export function writeSessionCookie(id: string, secure: boolean): string {
  const life = id === '' ? '; Max-Age=0' : ''
  return `${sessionCookie}=${id}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}${life}`
}
