import type { BodyLimits } from './body-result.ts'
import { XmlDocument } from './xml-document.ts'
import type { XmlSpan } from './xml-document.ts'
import { XmlDocumentType } from './xml-document-type.ts'
import { XmlFault } from './xml-fault.ts'
import { XmlPrefixes } from './xml-prefixes.ts'
import { XmlReferences } from './xml-references.ts'
import { XmlScanner } from './xml-scanner.ts'

/** Most elements, attributes and text pieces of one document. */
export const maxXmlNodes = 200_000

/** What is being read: each step reads one thing, so that a document can be left between any two. */
type State = 'prolog' | 'document type' | 'content' | 'tag' | 'value' | 'epilog' | 'done'

const slash = 0x2f
const lessThan = 0x3c
const equals = 0x3d
const greaterThan = 0x3e
/** In place of the name of an attribute: the value is text. */
const noName = -1

/** Reads one document in pieces. Throws {@link XmlFault} where it is not well-formed, or over a limit. */
export class XmlReader {
  readonly #scanner: XmlScanner
  readonly #text: string
  readonly #maxDepth: number
  readonly #document: XmlDocument
  readonly #references: XmlReferences
  readonly #documentType: XmlDocumentType
  readonly #prefixes = new XmlPrefixes()
  /** Open elements, and the declarations of namespaces in force outside of each. */
  readonly #open: number[] = []
  readonly #outside: number[] = []
  /** For each name the last element that had it as attribute, from 1: 0 is none. */
  readonly #carriers: number[] = []
  #state: State = 'prolog'
  #nodes = 0
  /** Element whose tag is being read. */
  #tag = 0
  /** Value whose references are being written out: its name, its end, where its bytes begin. */
  #value = { name: noName, end: 0, from: 0 }
  /** Next `&` of the text, as far as known. */
  #nextReference = -1

  constructor(body: string, limits: BodyLimits) {
    const text = body.startsWith('\xef\xbb\xbf') ? body.slice(3) : body
    this.#text = text
    this.#maxDepth = limits.maxDepth
    this.#scanner = new XmlScanner(text)
    this.#document = new XmlDocument(text)
    this.#references = new XmlReferences(this.#document.made)
    this.#documentType = new XmlDocumentType(this.#scanner, this.#references)
  }

  /** Bytes read so far. */
  get at(): number {
    return this.#scanner.at
  }

  /** Reads what begins in the next `bytes` bytes; the document once it is read as a whole. */
  readOn(bytes: number): XmlDocument | null {
    const until = this.#scanner.at + bytes
    for (;;) {
      this.#step(until)
      if (this.#isDone()) return this.#document
      // At the end of the text nothing is left to read, only to find out whether it may end there.
      if (this.#scanner.at >= until && this.#scanner.at < this.#text.length) return null
    }
  }

  #isDone(): boolean {
    return this.#state === 'done'
  }

  #step(until: number): void {
    switch (this.#state) {
      case 'prolog':
        this.#readProlog()
        return
      case 'document type':
        if (this.#documentType.readOn()) this.#state = 'prolog'
        return
      case 'content':
        this.#readContent()
        return
      case 'tag':
        this.#readTag()
        return
      case 'value':
        this.#writeValue(until)
        return
      case 'epilog':
        this.#readEpilog()
        return
      case 'done':
    }
  }

  /** White space, comments, processing instructions and the document type before the root. */
  #readProlog(): void {
    const scanner = this.#scanner
    scanner.blanks()
    if (scanner.skipsMisc()) return
    if (scanner.takes('<!DOCTYPE')) this.#state = 'document type'
    else if (scanner.code() !== lessThan) throw new XmlFault('expected an element')
    else this.#readStartTag()
  }

  #readEpilog(): void {
    const scanner = this.#scanner
    scanner.blanks()
    if (scanner.skipsMisc()) return
    if (scanner.at < this.#text.length) throw new XmlFault('text after the document')
    this.#state = 'done'
  }

  #readContent(): void {
    const scanner = this.#scanner
    if (scanner.at >= this.#text.length) throw new XmlFault('document ends early')
    if (scanner.code() !== lessThan) this.#readText()
    else if (this.#text.charCodeAt(scanner.at + 1) === slash) this.#readEndTag()
    else if (scanner.takes('<![CDATA[')) {
      const from = scanner.at
      scanner.skipPast(']]>')
      this.#addValue(noName, { from, to: scanner.at - 3, isMade: false })
    } else if (!scanner.skipsMisc()) this.#readStartTag()
  }

  #readText(): void {
    const { at } = this.#scanner
    const end = this.#text.indexOf('<', at)
    this.#readValue(noName, at, end < 0 ? this.#text.length : end)
  }

  /** A value up to `end`: as it is, or with its references written out. */
  #readValue(name: number, from: number, end: number): void {
    if (this.#nextReference < from) {
      const found = this.#text.indexOf('&', from)
      this.#nextReference = found < 0 ? this.#text.length : found
    }
    if (this.#nextReference < end) {
      this.#value = { name, end, from: this.#document.made.size }
      this.#state = 'value'
    } else this.#endValue(name, { from, to: end, isMade: false }, end)
  }

  #writeValue(until: number): void {
    const scanner = this.#scanner
    const { name, end, from } = this.#value
    do scanner.at = this.#references.writeOn(this.#text, scanner.at, end)
    while (scanner.at < end && scanner.at < until)
    if (scanner.at >= end) this.#endValue(name, { from, to: this.#document.made.size, isMade: true }, end)
  }

  #endValue(name: number, span: XmlSpan, end: number): void {
    // Behind the value of an attribute stands its quote.
    this.#scanner.at = name === noName ? end : end + 1
    this.#state = name === noName ? 'content' : 'tag'
    this.#addValue(name, span)
  }

  #addValue(name: number, span: XmlSpan): void {
    this.#count()
    if (name === noName) this.#document.addText(span)
    else if (!this.#declares(name, span)) this.#document.addAttribute(name, span)
  }

  /** Whether an attribute declares a namespace (Namespaces in XML 1.0, 3). */
  #declares(name: number, { from, to, isMade }: XmlSpan): boolean {
    const document = this.#document
    const written = document.names.written(name)
    if (!written.startsWith('xmlns') || (written.length > 5 && written[5] !== ':')) return false
    const namespace = isMade ? document.made.slice(from, to) : this.#text.slice(from, to)
    this.#prefixes.declare(written.slice(6), document.namespaceNumber(namespace))
    return true
  }

  #readStartTag(): void {
    this.#scanner.at++
    this.#tag = this.#document.addElement(this.#document.names.numberOf(this.#scanner.name()))
    this.#outside.push(this.#prefixes.count)
    this.#state = 'tag'
  }

  /** One attribute, or the end of the tag. */
  #readTag(): void {
    const scanner = this.#scanner
    const before = scanner.at
    scanner.blanks()
    const code = scanner.code()
    if (code === greaterThan || code === slash) this.#endStartTag(code === slash)
    else if (before === scanner.at) throw new XmlFault('expected white space')
    else this.#readAttribute()
  }

  #readAttribute(): void {
    const scanner = this.#scanner
    const name = this.#document.names.numberOf(scanner.name())
    while (this.#carriers.length <= name) this.#carriers.push(0)
    if (this.#carriers[name] === this.#tag + 1) throw new XmlFault('attribute is repeated')
    this.#carriers[name] = this.#tag + 1
    scanner.blanks()
    if (scanner.code() !== equals) throw new XmlFault('expected =')
    scanner.at++
    scanner.blanks()
    const end = scanner.closingQuote()
    scanner.at++
    this.#readValue(name, scanner.at, end)
  }

  #endStartTag(isEmpty: boolean): void {
    const document = this.#document
    if (isEmpty) this.#scanner.at++
    this.#closeTag()
    this.#count()
    if (this.#prefixes.count > 0) {
      const prefix = document.names.prefix(document.nameOf(this.#tag))
      document.setNamespace(this.#tag, this.#prefixes.namespaceOf(prefix))
    }
    this.#state = 'content'
    this.#open.push(this.#tag)
    if (isEmpty) this.#endElement()
    else if (this.#open.length > this.#maxDepth) throw new XmlFault(`nested deeper than ${this.#maxDepth}`)
  }

  #readEndTag(): void {
    const scanner = this.#scanner
    const { names } = this.#document
    scanner.at += 2
    if (!scanner.takesName(names.written(this.#document.nameOf(this.#open.at(-1) ?? 0))))
      throw new XmlFault('end tag does not fit')
    scanner.blanks()
    this.#closeTag()
    this.#endElement()
  }

  #endElement(): void {
    this.#document.close(this.#open.pop() ?? 0)
    this.#prefixes.forget(this.#outside.pop() ?? 0)
    if (this.#open.length === 0) this.#state = 'epilog'
  }

  #closeTag(): void {
    if (this.#scanner.code() !== greaterThan) throw new XmlFault('tag is not closed')
    this.#scanner.at++
  }

  #count(): void {
    if (++this.#nodes > maxXmlNodes) throw new XmlFault(`more than ${maxXmlNodes} nodes`)
  }
}
