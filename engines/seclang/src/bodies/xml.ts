import { bodyResult, readWhole } from './body-result.ts'
import type { BodyLimits, BodyReader, BodyResult } from './body-result.ts'
import { emptyPairs } from './pairs.ts'
import { utf8Bytes } from './utf8-bytes.ts'
import type { XmlAttribute, XmlElement } from './xml-tree.ts'

/** Most elements and text pieces of one document. */
export const maxXmlNodes = 200_000
/** Most bytes that entities of the document itself may expand to. */
export const maxXmlExpansion = 65_536

/**
 * Body processor XML: a small, strict, safe reader (XML 1.0). External entities and parameter entities are never
 * loaded; entities declared in the document expand up to {@link maxXmlExpansion} bytes.
 */
export function parseXmlBody(body: string, limits: BodyLimits): BodyResult {
  return readWhole(openXmlBody(body, limits))
}

/** The same in pieces. */
export function openXmlBody(body: string, limits: BodyLimits): BodyReader {
  const reader = new XmlReader(body, limits)
  return {
    readOn(bytes) {
      if (body === '') return bodyResult(emptyPairs(), null)
      try {
        const xml = reader.readOn(bytes)
        return xml === null ? null : { ...bodyResult(emptyPairs(), null), xml }
      } catch (error) {
        if (error instanceof XmlFault) return bodyResult(emptyPairs(), error.message)
        throw error
      }
    },
  }
}

/** Internal signal: the text is not well-formed, or over a limit. */
class XmlFault extends Error {}

type Bindings = ReadonlyMap<string, string>
const noBindings: Bindings = new Map()

interface OpenElement {
  readonly element: XmlElement
  readonly tag: string
  readonly bindings: Bindings
}

const namePattern = /[A-Za-z_:\x80-\xff][-A-Za-z0-9_:.\x80-\xff]*/y
const blanksPattern = /[ \t\r\n]*/y
const predefined: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])

class XmlReader {
  readonly #text: string
  readonly #limits: BodyLimits
  readonly #entities = new Map<string, string>()
  readonly #open: OpenElement[] = []
  #isBegun = false
  /** Namespaces by prefix in the tag that is being read. */
  #bindings: Bindings = noBindings
  #at = 0
  #nodes = 0
  #expanded = 0

  constructor(text: string, limits: BodyLimits) {
    this.#text = text.startsWith('\xef\xbb\xbf') ? text.slice(3) : text
    this.#limits = limits
  }

  /** Reads the nodes that begin in the next `bytes` bytes; the root once the whole document is read. */
  readOn(bytes: number): XmlElement | null {
    const until = this.#at + bytes
    if (!this.#isBegun) {
      this.#isBegun = true
      this.#skipMisc(true)
      if (this.#text[this.#at] !== '<') this.#fail('expected an element')
    }
    const root = this.#readElements(until)
    if (root === null) return null
    this.#skipMisc(false)
    if (this.#at < this.#text.length) this.#fail('text after the document')
    return root
  }

  /** White space, comments, processing instructions and, before the root, one document type. */
  #skipMisc(isProlog: boolean): void {
    for (;;) {
      this.#blanks()
      if (this.#text.startsWith('<?', this.#at)) this.#skipPast('?>')
      else if (this.#text.startsWith('<!--', this.#at)) this.#skipPast('-->')
      else if (isProlog && this.#text.startsWith('<!DOCTYPE', this.#at)) this.#readDocumentType()
      else return
    }
  }

  #readElements(until: number): XmlElement | null {
    const open = this.#open
    do {
      const top = open.at(-1)
      if (this.#text.startsWith('</', this.#at)) {
        if (top === undefined) return this.#fail('end tag without start')
        this.#readEndTag(top.tag)
        open.pop()
        if (open.length === 0) return top.element
      } else if (this.#isMarkup()) this.#readMarkup(top)
      else if (this.#text[this.#at] === '<') {
        const { child, empty } = this.#readStartTag(top)
        if (!empty) open.push(child)
        else if (top === undefined) return child.element
        if (open.length > this.#limits.maxDepth) this.#fail(`nested deeper than ${this.#limits.maxDepth}`)
      } else if (this.#at >= this.#text.length || top === undefined) return this.#fail('document ends early')
      else this.#readText(top)
    } while (this.#at < until)
    return null
  }

  #isMarkup(): boolean {
    const next = this.#text[this.#at + 1]
    return this.#text[this.#at] === '<' && (next === '!' || next === '?')
  }

  #readMarkup(top: OpenElement | undefined): void {
    if (this.#text.startsWith('<![CDATA[', this.#at)) {
      const start = this.#at + 9
      this.#skipPast(']]>')
      this.#addText(top, this.#text.slice(start, this.#at - 3))
    } else if (this.#text.startsWith('<!--', this.#at)) this.#skipPast('-->')
    else if (this.#text.startsWith('<?', this.#at)) this.#skipPast('?>')
    else this.#fail('markup is not valid')
  }

  #readText(top: OpenElement): void {
    const end = this.#text.indexOf('<', this.#at)
    const raw = this.#text.slice(this.#at, end < 0 ? this.#text.length : end)
    this.#at += raw.length
    this.#addText(top, this.#expand(raw, 0))
  }

  #addText(top: OpenElement | undefined, value: string): void {
    this.#count()
    top?.element.children.push({ kind: 'text', value })
  }

  #readStartTag(parent: OpenElement | undefined): { child: OpenElement; empty: boolean } {
    this.#at++
    const tag = this.#name()
    const attributes: XmlAttribute[] = []
    let seen: Set<string> | null = null
    this.#bindings = parent?.bindings ?? noBindings
    for (;;) {
      const before = this.#at
      this.#blanks()
      const unit = this.#text[this.#at]
      if (unit === '>' || unit === '/') break
      if (before === this.#at) this.#fail('expected white space')
      seen ??= new Set()
      this.#readAttribute(attributes, seen)
    }
    const empty = this.#text[this.#at] === '/'
    if (empty) this.#at++
    if (this.#text[this.#at] !== '>') this.#fail('tag is not closed')
    this.#at++
    this.#count()
    const [prefix, name] = splitName(tag)
    const bindings = this.#bindings
    const namespace = bindings.get(prefix) ?? ''
    const element: XmlElement = { kind: 'element', prefix, name, namespace, attributes, children: [] }
    parent?.element.children.push(element)
    return { child: { element, tag, bindings }, empty }
  }

  #readAttribute(attributes: XmlAttribute[], seen: Set<string>): void {
    const written = this.#name()
    if (seen.has(written)) this.#fail('attribute is repeated')
    seen.add(written)
    this.#blanks()
    if (this.#text[this.#at] !== '=') this.#fail('expected =')
    this.#at++
    this.#blanks()
    const value = this.#expand(this.#quoted(), 0)
    const [prefix, name] = splitName(written)
    if (written === 'xmlns') this.#bind('', value)
    else if (prefix === 'xmlns') this.#bind(name, value)
    else attributes.push({ prefix, name, value })
    this.#count()
  }

  // Copied where a namespace is declared, and shared by everything below: most elements declare none.
  #bind(prefix: string, namespace: string): void {
    this.#bindings = new Map(this.#bindings).set(prefix, namespace)
  }

  #readEndTag(tag: string): void {
    this.#at += 2
    if (this.#name() !== tag) this.#fail('end tag does not fit')
    this.#blanks()
    if (this.#text[this.#at] !== '>') this.#fail('tag is not closed')
    this.#at++
  }

  #readDocumentType(): void {
    this.#at += 9
    let depth = 0
    while (this.#at < this.#text.length) {
      const unit = this.#text[this.#at]
      if (unit === '"' || unit === "'") this.#quoted()
      else if (this.#text.startsWith('<!--', this.#at)) this.#skipPast('-->')
      else if (this.#text.startsWith('<!ENTITY', this.#at)) this.#readEntity()
      else {
        this.#at++
        if (unit === '[') depth++
        else if (unit === ']') depth--
        else if (unit === '>' && depth === 0) return
      }
    }
    this.#fail('document type is not closed')
  }

  #readEntity(): void {
    this.#at += 8
    this.#blanks()
    const isParameter = this.#text[this.#at] === '%'
    if (isParameter) this.#at++
    this.#blanks()
    const name = this.#name()
    this.#blanks()
    const unit = this.#text[this.#at]
    const isInternal = unit === '"' || unit === "'"
    const value = isInternal ? this.#quoted() : ''
    if (!isParameter && !this.#entities.has(name)) this.#entities.set(name, value)
    if (!isInternal) this.#skipExternal()
  }

  // SYSTEM and PUBLIC identifiers are read over and never opened.
  #skipExternal(): void {
    while (this.#at < this.#text.length && this.#text[this.#at] !== '>') {
      const unit = this.#text[this.#at]
      if (unit === '"' || unit === "'") this.#quoted()
      else this.#at++
    }
  }

  #expand(raw: string, depth: number): string {
    let at = raw.indexOf('&')
    if (at < 0) return raw
    let result = ''
    let from = 0
    while (at >= 0) {
      const end = raw.indexOf(';', at)
      if (end < 0) this.#fail('reference is not closed')
      result += raw.slice(from, at) + this.#reference(raw.slice(at + 1, end), depth)
      from = end + 1
      at = raw.indexOf('&', from)
    }
    return result + raw.slice(from)
  }

  #reference(name: string, depth: number): string {
    const digits = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name)
    if (digits !== null) {
      const point = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16)
      return point > 0 && point <= 0x10ffff
        ? utf8Bytes(point)
        : this.#fail('character reference is not valid')
    }
    const plain = predefined.get(name)
    if (plain !== undefined) return plain
    const value = this.#entities.get(name)
    if (value === undefined) return this.#fail('entity is not declared')
    this.#expanded += value.length
    if (depth >= 8 || this.#expanded > maxXmlExpansion) this.#fail('entities expand too far')
    return this.#expand(value, depth + 1)
  }

  #quoted(): string {
    const quote = this.#text[this.#at]
    if (quote !== '"' && quote !== "'") return this.#fail('expected a quote')
    const end = this.#text.indexOf(quote, this.#at + 1)
    if (end < 0) return this.#fail('quote is never closed')
    const value = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    return value
  }

  #name(): string {
    namePattern.lastIndex = this.#at
    const name = namePattern.exec(this.#text)?.[0]
    if (name === undefined) return this.#fail('expected a name')
    this.#at += name.length
    return name
  }

  #blanks(): void {
    blanksPattern.lastIndex = this.#at
    this.#at += blanksPattern.exec(this.#text)?.[0].length ?? 0
  }

  #skipPast(end: string): void {
    const found = this.#text.indexOf(end, this.#at)
    if (found < 0) this.#fail(`expected ${end}`)
    this.#at = found + end.length
  }

  #count(): void {
    if (++this.#nodes > maxXmlNodes) this.#fail(`more than ${maxXmlNodes} nodes`)
  }

  #fail(message: string): never {
    throw new XmlFault(`${message} at byte ${this.#at}`)
  }
}

function splitName(written: string): [prefix: string, name: string] {
  const colon = written.indexOf(':')
  return colon < 0 ? ['', written] : [written.slice(0, colon), written.slice(colon + 1)]
}
