import { finding } from '../attack.ts'
import type { Finding } from '../attack.ts'

// Markup that runs a script: a script-like element, an event handler, a script URL.
const active =
  /<(?:script|iframe|object|embed|svg|math|base|link|meta|style|form|template)\b|<[a-z][^>]*\son[a-z]+\s*=|(?:href|src|action|formaction)\s*=\s*["']?\s*(?:javascript|vbscript|data):/i

/** Judges an HTML answer: does it hold an input with active markup, unescaped? */
export function judgeHtml(html: string, inputs: Iterable<string>): Finding | null {
  for (const input of inputs) {
    if (input.length < 8 || !input.includes('<') || !active.test(input)) continue
    if (html.includes(input))
      return finding('xss', input, 'an input with active markup stands unescaped in an HTML answer')
  }
  return null
}

/** Judges a redirect: does an input send the visitor to another site? */
export function judgeRedirect(
  location: string,
  ownHost: string,
  inputs: ReadonlySet<string>,
): Finding | null {
  if (
    !/^(?:[a-z][a-z0-9+.-]*:|[/\\]{2})/i.test(location) ||
    !URL.canParse(location, `http://${ownHost || 'localhost'}`)
  )
    return null
  const target = new URL(location, `http://${ownHost || 'localhost'}`)
  if (target.host === ownHost) return null
  for (const input of inputs) {
    // Frameworks encode what they put into the header; the decoded form is compared too.
    if (input === location || encodeURI(input) === location)
      return finding('open-redirect', location, 'an input chooses the site of a redirect')
  }
  return null
}
