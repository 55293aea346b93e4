import { decodeEntities } from './decode-entities.ts'

/** Elements whose content is text to the parser, so that tags inside are no tags. */
const rawTextElements: ReadonlySet<string> = new Set([
  'script',
  'style',
  'textarea',
  'title',
  'xmp',
  'noscript',
])

/** Handlers that run without anybody touching the page. */
const selfFiring: Readonly<Record<string, ReadonlySet<string>>> = {
  onload: new Set(['svg', 'body', 'iframe', 'style']),
  onerror: new Set(['img', 'image', 'script', 'video', 'audio', 'object']),
  onfocus: new Set(['input', 'select', 'textarea', 'a', 'button']),
  ontoggle: new Set(['details']),
  onpageshow: new Set(['body']),
}

const tagStart = /<(\/?)([a-z][^\s/>]*)/giy
const attribute = /[\s/]*([^\s=/>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/giy

interface Tag {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly end: number
}

function readTag(html: string, at: number): Tag | undefined {
  tagStart.lastIndex = at
  const start = tagStart.exec(html)
  if (start === null || start[1] === '/') return undefined
  const attributes = new Map<string, string>()
  let end = tagStart.lastIndex
  while (end < html.length && html[end] !== '>') {
    attribute.lastIndex = end
    const match = attribute.exec(html)
    if (match === null) end++
    else {
      end = attribute.lastIndex
      const name = (match[1] ?? '').toLowerCase()
      if (!attributes.has(name)) attributes.set(name, decodeEntities(match[2] ?? match[3] ?? match[4] ?? ''))
    }
  }
  return { name: (start[2] ?? '').toLowerCase(), attributes, end: end + 1 }
}

function fires(tag: Tag, handler: string): boolean {
  if (selfFiring[handler]?.has(tag.name) !== true) return false
  if (handler === 'onfocus') return tag.attributes.has('autofocus')
  if (handler === 'ontoggle') return tag.attributes.has('open')
  if (handler === 'onerror') return !(tag.attributes.get('src') ?? 'x').startsWith('/assets/')
  return true
}

function handlersOf(tag: Tag): readonly string[] {
  return [...tag.attributes].filter(([name]) => fires(tag, name)).map(([, source]) => source)
}

function isJavaScript(tag: Tag): boolean {
  const type = (tag.attributes.get('type') ?? '').toLowerCase()
  return !tag.attributes.has('src') && (type === '' || type === 'module' || type.endsWith('javascript'))
}

/**
 * Sources that a browser would run while it loads this page, in order: inline scripts and handlers that fire by
 * themselves. A tokenizer, not a tree builder: enough to tell text and attribute values from markup, which is
 * what escaping decides. Source: HTML Living Standard, section 13.2.5.
 */
export function findScripts(html: string): readonly string[] {
  const found: string[] = []
  let at = html.indexOf('<')
  while (at >= 0) {
    if (html.startsWith('<!--', at)) {
      const end = html.indexOf('-->', at + 4)
      at = end < 0 ? -1 : html.indexOf('<', end)
      continue
    }
    const tag = readTag(html, at)
    if (tag === undefined) {
      at = html.indexOf('<', at + 1)
      continue
    }
    found.push(...handlersOf(tag))
    let next = tag.end
    if (rawTextElements.has(tag.name)) {
      const close = html.toLowerCase().indexOf(`</${tag.name}`, tag.end)
      if (tag.name === 'script' && isJavaScript(tag))
        found.push(html.slice(tag.end, close < 0 ? undefined : close))
      next = close < 0 ? html.length : close
    }
    at = html.indexOf('<', next)
  }
  return found
}
