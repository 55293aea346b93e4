import type { SiteConfig } from '@sevenfold/config'
import { hardenCookies } from './harden-cookies.ts'

/** Where browsers send reports about the policy. */
export const reportPath = '/.sevenfold/csp-report'

interface Line {
  /** Finds the header in lines that are each ended by CR LF, behind a leading CR LF. */
  readonly present: RegExp
  readonly text: string
  readonly pagesOnly: boolean
}

function line(name: string, value: string, pagesOnly = false): Line {
  return { present: new RegExp(`\\r\\n${name}:`, 'i'), text: `${name}: ${value}\r\n`, pagesOnly }
}

const page = /\r\ncontent-type:[ \t]*(?:text\/html|application\/xhtml)/i
const cookie = /(?:^|\r\n)set-cookie:/i

function cspLine({ mode, policy, collect }: SiteConfig['headers']['csp']): Line | null {
  if (mode === 'off' || policy === '') return null
  const name = mode === 'enforce' ? 'Content-Security-Policy' : 'Content-Security-Policy-Report-Only'
  const value = collect ? `${policy}; report-uri ${reportPath}; report-to sevenfold` : policy
  return {
    // A service that has a policy of either kind knows what it wants.
    present: /\r\ncontent-security-policy(?:-report-only)?:/i,
    text: `${name}: ${value}\r\n${collect ? `Reporting-Endpoints: sevenfold="${reportPath}"\r\n` : ''}`,
    pagesOnly: true,
  }
}

/** Header lines that the answers of a site get where the service sends none. */
export class AnswerHeaders {
  private readonly lines: readonly Line[]
  private readonly cookies: SiteConfig['headers']['cookies']
  private readonly hardens: boolean

  constructor(config: SiteConfig['headers']) {
    const csp = cspLine(config.csp)
    this.lines = [
      ...(config.nosniff ? [line('X-Content-Type-Options', 'nosniff')] : []),
      ...(config.frame === 'off' ? [] : [line('X-Frame-Options', config.frame.toUpperCase(), true)]),
      ...(config.referrer === 'off' ? [] : [line('Referrer-Policy', config.referrer, true)]),
      ...(config.permissions === '' ? [] : [line('Permissions-Policy', config.permissions, true)]),
      ...(csp === null ? [] : [csp]),
    ]
    this.cookies = config.cookies
    const { secure, httpOnly, sameSite } = config.cookies
    this.hardens = secure !== 'off' || httpOnly !== 'off' || sameSite !== 'off'
  }

  /** The lines of an answer with what was missing. Hot. @param secure true on an encrypted connection. */
  apply(fields: string, secure: boolean): string {
    const text = `\r\n${fields}`
    const isPage = page.test(text)
    let added = ''
    for (const { present, text: made, pagesOnly } of this.lines) {
      if ((isPage || !pagesOnly) && !present.test(text)) added += made
    }
    const kept = this.hardens && cookie.test(fields) ? hardenCookies(fields, this.cookies, secure) : fields
    return added === '' ? kept : kept + added
  }
}
