import { XmlFault } from './xml-fault.ts'

const doubleQuote = 0x22
const singleQuote = 0x27

/** Bytes that names begin with, and those that they go on with; every byte beyond ASCII is one (XML 1.0, 2.3). */
const beginsName = 1
const inName = 2
const classes = Uint8Array.from({ length: 256 }, (_, byte) => {
  const sign = String.fromCharCode(byte)
  if (byte >= 0x80 || /[A-Za-z_:]/.test(sign)) return beginsName | inName
  return /[-0-9.]/.test(sign) ? inName : 0
})

/** A place in a text, and how it moves on. */
export class XmlScanner {
  at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The byte here; NaN at the end. */
  code(): number {
    return this.#text.charCodeAt(this.at)
  }

  blanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x09 && code !== 0x0d) return
      this.at++
    }
  }

  name(): string {
    const from = this.at
    if (((classes[this.code()] ?? 0) & beginsName) === 0) throw new XmlFault('expected a name')
    this.at++
    while (this.#goesOn()) this.at++
    return this.#text.slice(from, this.at)
  }

  /** Goes past a name if it stands here, and not as the beginning of a longer one. */
  takesName(name: string): boolean {
    if (!this.takes(name)) return false
    return !this.#goesOn()
  }

  /** Goes past a text if it stands here. */
  takes(wanted: string): boolean {
    if (!this.#text.startsWith(wanted, this.at)) return false
    this.at += wanted.length
    return true
  }

  /** Goes past a comment or processing instruction if one stands here; other markup of that kind is a fault. */
  skipsMisc(): boolean {
    if (this.takes('<?')) this.skipPast('?>')
    else if (this.takes('<!--')) this.skipPast('-->')
    else return false
    return true
  }

  skipPast(end: string): void {
    const found = this.#text.indexOf(end, this.at)
    if (found < 0) throw new XmlFault(`expected ${end}`)
    this.at = found + end.length
  }

  /** Where the quoted text that begins here ends: the place of its closing quote. */
  closingQuote(): number {
    const quote = this.code()
    if (quote !== doubleQuote && quote !== singleQuote) throw new XmlFault('expected a quote')
    const end = this.#text.indexOf(quote === doubleQuote ? '"' : "'", this.at + 1)
    if (end < 0) throw new XmlFault('quote is never closed')
    return end
  }

  /** Goes past a quoted text; gives what is between the quotes. */
  quoted(): string {
    const end = this.closingQuote()
    const value = this.#text.slice(this.at + 1, end)
    this.at = end + 1
    return value
  }

  #goesOn(): boolean {
    return ((classes[this.#text.charCodeAt(this.at)] ?? 0) & inName) !== 0
  }
}
