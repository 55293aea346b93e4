/** An element of a document. */
export interface XmlElement {
  /** Local name, without prefix. */
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: XmlElement[]
  /** Its own text before the first child. */
  text: string
}

/** Longest document, most elements and deepest nesting that are read. */
export const xmlLimits = { maxLength: 1_048_576, maxElements: 10_000, maxDepth: 64 } as const

const tag =
  /<(?:!--[^]*?-->|!\[CDATA\[([^]*?)\]\]>|\?[^]*?\?>|!DOCTYPE[^>]*>|\/([^\s>]+)\s*>|([^\s/>!?]+)((?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>)/g
const attribute = /([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

/**
 * Reads a document without entities of its own, external parts or namespaces. The root has no name and holds the document's elements. Undefined when
 * the text is not well-formed, or above {@link xmlLimits}.
 */
export function parseXml(text: string): XmlElement | undefined {
  if (text.length > xmlLimits.maxLength || !text.includes('<')) return undefined
  const root: XmlElement = { name: '', attributes: new Map(), children: [], text: '' }
  const open: XmlElement[] = [root]
  let elements = 0
  let at = 0
  for (const match of text.matchAll(tag)) {
    const current = open.at(-1) ?? root
    addText(current, decodeEntities(text.slice(at, match.index)))
    at = match.index + match[0].length
    const [, cdata, closed, opened, attributes = '', empty] = match
    if (cdata !== undefined) addText(current, cdata)
    else if (closed !== undefined) {
      if (open.length < 2 || localName(closed) !== current.name) return undefined
      open.pop()
    } else if (opened !== undefined) {
      elements += 1
      if (elements > xmlLimits.maxElements || open.length > xmlLimits.maxDepth) return undefined
      const element: XmlElement = {
        name: localName(opened),
        attributes: attributesOf(attributes),
        children: [],
        text: '',
      }
      current.children.push(element)
      if (empty !== '/') open.push(element)
    }
  }
  return open.length === 1 && elements > 0 ? root : undefined
}

function addText(element: XmlElement, text: string): void {
  if (element.children.length === 0) element.text += text
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

function attributesOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', double, single] of text.matchAll(attribute))
    found.set(localName(name), decodeEntities(double ?? single ?? ''))
  return found
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replaceAll(
    /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-z]+));/g,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return Object.hasOwn(named, name) ? (named[name] ?? whole) : whole
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code > 0x10ffff ? whole : String.fromCodePoint(code)
    },
  )
}
