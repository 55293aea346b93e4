import { finding } from '../attack.ts'
import type { Finding } from '../attack.ts'
import { canHarm } from '../inputs/zones.ts'
import { judgeCode } from './judge-code.ts'

// Markup that runs a script: a script-like element, an event handler, a script URL.
const active =
  /<(?:script|iframe|object|embed|svg|math|base|link|meta|style|form|template)\b|<[a-z][^>]*\son[a-z]+\s*=|(?:href|src|action|formaction)\s*=\s*["']?\s*(?:javascript|vbscript|data):/i

const handler = /(?:^|[\s/"'])on[a-z]{3,30}\s*=/i
const scriptAddress = /^\s*(?:(?:java|vb)script:|data:text\/html)/i
// An address that runs a script, as browsers read it: the colon may be written as a character reference.
const scriptLink = /(?:java|vb)script(?::|&(?:colon|#0*58|#x0*3a))[^\s"'<>]*/i
const shortestLink = 14
const intoAddress = /(?:href|src|action|formaction)\s*=\s*["']?\s*$/i
// Nothing else ends a text of a script or does something in it.
const worthInScript = /['"`\\(<]/
const shortest = 4
/** Places of one input that are looked at. */
const maxPlaces = 20

/** Inside a tag: the quote that is open there, or an empty text; undefined outside of tags. */
function openQuote(html: string, at: number): string | undefined {
  const open = html.lastIndexOf('<', at - 1)
  if (open < 0 || !/[a-z]/i.test(html[open + 1] ?? '')) return undefined
  let quote = ''
  for (let i = open; i < at; i += 1) {
    const mark = html[i] ?? ''
    if (quote === '' && mark === '>') return undefined
    if (quote === '' && (mark === '"' || mark === "'")) quote = mark
    else if (mark === quote) quote = ''
  }
  return quote
}

/** The script around a place; undefined outside of scripts. */
function scriptAround(html: string, at: number): string | undefined {
  const open = html.lastIndexOf('<script', at)
  if (open < 0 || html.lastIndexOf('</script', at) > open) return undefined
  const start = html.indexOf('>', open) + 1
  if (start === 0 || start > at) return undefined
  const end = html.indexOf('</script', at)
  return html.slice(start, end < 0 ? html.length : end)
}

/** An address inside a text (Markdown, for one) that runs a script, without the brackets that end it. */
function scriptLinkIn(text: string): string | undefined {
  if (!text.includes('script')) return undefined
  const link = scriptLink.exec(text)?.[0].replace(/\)+$/, '')
  return link === undefined || link.length < shortestLink || /:void\b/i.test(link) ? undefined : link
}

/** Stands the address in an attribute that is followed? */
function leadsToScript(html: string, link: string): boolean {
  const at = html.indexOf(link)
  return at >= 0 && intoAddress.test(html.slice(Math.max(0, at - 40), at))
}

/** Does an input do something at one place of an answer where it stands as it came? */
function judgePlace(html: string, input: string, at: number): Finding | null {
  const script = worthInScript.test(input) ? scriptAround(html, at) : undefined
  if (script !== undefined && judgeCode(script, [input]) !== null)
    return finding('xss', input, 'an input leaves its text in a script of an HTML answer')
  if (scriptAddress.test(input) && intoAddress.test(html.slice(Math.max(0, at - 40), at)))
    return finding('xss', input, 'an input is an address that runs a script')
  if (!handler.test(input)) return null
  const quote = openQuote(html, at)
  return quote !== undefined && (quote === '' || input.includes(quote))
    ? finding('xss', input, 'an input leaves its attribute in an HTML answer')
    : null
}

/** Judges an HTML answer: does it hold an input that runs a script where it stands? */
export function judgeHtml(html: string, inputs: Iterable<string>): Finding | null {
  for (const input of inputs) {
    if (input.length < shortest || !canHarm(input)) continue
    const isMarkup = input.length >= 8 && input.includes('<') && active.test(input)
    const link = scriptLinkIn(input)
    if (link !== undefined && leadsToScript(html, link))
      return finding('xss', input, 'an input is an address that runs a script')
    let at = html.indexOf(input)
    if (isMarkup && at >= 0)
      return finding('xss', input, 'an input with active markup stands unescaped in an HTML answer')
    for (let places = 0; at >= 0 && places < maxPlaces; places += 1) {
      const found = judgePlace(html, input, at)
      if (found !== null) return found
      at = html.indexOf(input, at + 1)
    }
  }
  return null
}

// What runs a script by itself; a page that is edited on purpose brings embeds and styles, and seldom this.
const scripting =
  /<script\b|<[a-z][^>]*[\s/"']on[a-z]{3,30}\s*=|(?:href|src|action|formaction)\s*=\s*["']?\s*(?:javascript|vbscript):/i

/** True for markup that runs a script in whatever page shows it. */
export function runsScript(text: string): boolean {
  return text.length >= 8 && text.includes('<') && scripting.test(text)
}

/** What of a text has to be recognised in later answers: markup that runs a script, or an address that does. */
export function lastingMarkup(text: string): string | undefined {
  return runsScript(text) ? text : scriptLinkIn(text)
}

function shown(text: string, markup: string): string {
  if (!markup.includes('<')) return leadsToScript(text, markup) ? text.replaceAll(markup, '#') : text
  return text.replaceAll(markup, () =>
    markup.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  )
}

/** An HTML answer in which markup that earlier requests brought is shown and not run; undefined when there is none. */
export function withoutStoredMarkup(
  html: string,
  stored: Iterable<string>,
): { readonly html: string; readonly found: Finding } | undefined {
  let text = html
  let found: Finding | undefined
  for (const markup of stored) {
    if (!text.includes(markup)) continue
    const safe = shown(text, markup)
    if (safe === text) continue
    found ??= finding('xss', markup, 'markup of an earlier request stands unescaped in an HTML answer')
    text = safe
  }
  return found === undefined ? undefined : { html: text, found }
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
