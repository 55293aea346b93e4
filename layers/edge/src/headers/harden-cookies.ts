import type { SiteConfig } from '@sevenfold/config'

type CookieRules = SiteConfig['headers']['cookies']

const session = /sess|sid$|^sid|auth|token|jwt|login/i
const readByScripts = /csrf|xsrf/i
const sameSiteNames: Readonly<Record<'lax' | 'strict', string>> = { lax: 'Lax', strict: 'Strict' }

function hardened(value: string, rules: CookieRules, secure: boolean): string {
  const [pair = '', ...attributes] = value.split(';')
  const name = pair.slice(0, Math.max(0, pair.indexOf('='))).trim()
  const names = attributes.map((attribute) => attribute.trim().split('=', 1)[0]?.toLowerCase() ?? '')
  const isNone = attributes.some((attribute) => /^\s*samesite\s*=\s*none\s*$/i.test(attribute))
  let text = value
  const toSecure = rules.secure === 'always' || (rules.secure === 'auto' && secure) || (isNone && secure)
  if (toSecure && !names.includes('secure')) text += '; Secure'
  const toHide =
    rules.httpOnly === 'all' ||
    (rules.httpOnly === 'session' && session.test(name) && !readByScripts.test(name))
  if (toHide && !names.includes('httponly')) text += '; HttpOnly'
  if (rules.sameSite !== 'off' && !names.includes('samesite'))
    text += `; SameSite=${sameSiteNames[rules.sameSite]}`
  return text
}

const lineForm = /^set-cookie:[ \t]*/i

/** Adds the attributes that cookies lack (RFC 6265, section 4.1.2) to all Set-Cookie lines; nothing is taken away. */
export function hardenCookies(fields: string, rules: CookieRules, secure: boolean): string {
  return fields
    .split('\r\n')
    .map((text) => {
      const start = lineForm.exec(text)?.[0]
      return start === undefined ? text : start + hardened(text.slice(start.length), rules, secure)
    })
    .join('\r\n')
}
