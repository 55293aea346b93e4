import { XmlFault } from './xml-fault.ts'
import type { XmlReferences } from './xml-references.ts'
import type { XmlScanner } from './xml-scanner.ts'

const doubleQuote = 0x22
const percent = 0x25
const singleQuote = 0x27
const greaterThan = 0x3e
const openBracket = 0x5b
const closeBracket = 0x5d

/** Reads over a document type (XML 1.0, 2.8) and keeps the general entities that it declares with a value. */
export class XmlDocumentType {
  readonly #scanner: XmlScanner
  readonly #references: XmlReferences
  #depth = 0

  constructor(scanner: XmlScanner, references: XmlReferences) {
    this.#scanner = scanner
    this.#references = references
  }

  /** Reads on by one sign, quoted text, comment or entity; true at the end. */
  readOn(): boolean {
    const scanner = this.#scanner
    const code = scanner.code()
    if (Number.isNaN(code)) throw new XmlFault('document type is not closed')
    if (code === doubleQuote || code === singleQuote) scanner.at = scanner.closingQuote() + 1
    else if (scanner.takes('<!--')) scanner.skipPast('-->')
    else if (scanner.takes('<!ENTITY')) this.#readEntity()
    else {
      scanner.at++
      if (code === openBracket) this.#depth++
      else if (code === closeBracket) this.#depth--
      else if (code === greaterThan && this.#depth === 0) return true
    }
    return false
  }

  #readEntity(): void {
    const scanner = this.#scanner
    scanner.blanks()
    const isParameter = scanner.code() === percent
    if (isParameter) scanner.at++
    scanner.blanks()
    const name = scanner.name()
    scanner.blanks()
    const code = scanner.code()
    const isInternal = code === doubleQuote || code === singleQuote
    const value = isInternal ? scanner.quoted() : ''
    if (!isParameter) this.#references.declare(name, value)
    if (!isInternal) this.#skipExternal()
  }

  // SYSTEM and PUBLIC identifiers are read over and never opened.
  #skipExternal(): void {
    const scanner = this.#scanner
    for (let code = scanner.code(); !Number.isNaN(code) && code !== greaterThan; code = scanner.code()) {
      if (code === doubleQuote || code === singleQuote) scanner.at = scanner.closingQuote() + 1
      else scanner.at++
    }
  }
}
