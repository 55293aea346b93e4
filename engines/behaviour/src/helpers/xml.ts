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

/** What is passed over, by how it begins and ends. */
const passedOver = [
  ['<!--', '-->'],
  ['<?', '?>'],
  ['<!', '>'],
] as const

const cdata = ['<![CDATA[', ']]>'] as const
const attribute = /\s+([^\s=/>"']+)\s{0,100}=\s{0,100}(?:"([^"]*)"|'([^']*)')/y
const tagName = /[^\s/>!?"'=<]+/y

/**
 * Reads a document without entities of its own, external parts or namespaces. The root has no name and holds the document's elements.
 * Undefined when the text is not well-formed, or above {@link xmlLimits}. One pass over the text, whatever it holds.
 */
export function parseXml(text: string): XmlElement | undefined {
  if (text.length > xmlLimits.maxLength || !text.includes('<')) return undefined
  return new XmlReader(text).document()
}

class XmlReader {
  readonly #text: string
  readonly #root: XmlElement = { name: '', attributes: new Map(), children: [], text: '' }
  readonly #open: XmlElement[] = [this.#root]
  #elements = 0
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): XmlElement | undefined {
    for (let next = this.#text.indexOf('<'); next >= 0; next = this.#text.indexOf('<', this.#at)) {
      this.#add(decodeEntities(this.#text.slice(this.#at, next)))
      this.#at = next
      if (!this.#markup()) return undefined
    }
    return this.#open.length === 1 && this.#elements > 0 ? this.#root : undefined
  }

  /** Reads what begins with `<`; false when it is malformed or above a limit. */
  #markup(): boolean {
    const text = this.#text
    if (text.startsWith(cdata[0], this.#at)) {
      const end = text.indexOf(cdata[1], this.#at)
      if (end < 0) return false
      this.#add(text.slice(this.#at + cdata[0].length, end))
      this.#at = end + cdata[1].length
      return true
    }
    for (const [begin, close] of passedOver) {
      if (!text.startsWith(begin, this.#at)) continue
      const end = text.indexOf(close, this.#at + begin.length)
      this.#at = end + close.length
      return end >= 0
    }
    return text[this.#at + 1] === '/' ? this.#closeTag() : this.#openTag()
  }

  #name(at: number): string {
    tagName.lastIndex = at
    return tagName.exec(this.#text)?.[0] ?? ''
  }

  #closeTag(): boolean {
    const name = this.#name(this.#at + 2)
    const end = this.#text.indexOf('>', this.#at)
    const isRight = this.#open.length > 1 && name !== '' && localName(name) === this.#open.at(-1)?.name
    const isClean = end >= 0 && this.#text.slice(this.#at + 2 + name.length, end).trim() === ''
    this.#at = end + 1
    this.#open.pop()
    return isRight && isClean
  }

  #openTag(): boolean {
    const name = this.#name(this.#at + 1)
    if (name === '' || this.#elements >= xmlLimits.maxElements || this.#open.length > xmlLimits.maxDepth)
      return false
    const attributes = new Map<string, string>()
    let at = this.#at + 1 + name.length
    for (;;) {
      attribute.lastIndex = at
      const found = attribute.exec(this.#text)
      if (found === null) break
      attributes.set(localName(found[1] ?? ''), decodeEntities(found[2] ?? found[3] ?? ''))
      at += found[0].length
    }
    while (isSpace(this.#text.charCodeAt(at))) at += 1
    const isEmpty = this.#text[at] === '/'
    if (isEmpty) at += 1
    if (this.#text[at] !== '>') return false
    const element: XmlElement = { name: localName(name), attributes, children: [], text: '' }
    this.#open.at(-1)?.children.push(element)
    if (!isEmpty) this.#open.push(element)
    this.#elements += 1
    this.#at = at + 1
    return true
  }

  #add(text: string): void {
    const current = this.#open.at(-1)
    if (current?.children.length === 0) current.text += text
  }
}

const isSpace = (unit: number): boolean => unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
const localName = (name: string): string => name.slice(name.indexOf(':') + 1)
const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replaceAll(
    /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-z]{1,10}));/g,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return Object.hasOwn(named, name) ? (named[name] ?? whole) : whole
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code > 0x10ffff ? whole : String.fromCodePoint(code)
    },
  )
}
