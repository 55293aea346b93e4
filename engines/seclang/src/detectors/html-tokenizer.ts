/** Kinds of markup that the tokenizer reports; text is skipped. */
export type HtmlTokenKind = 'tag' | 'attribute' | 'comment' | 'doctype'

/** One piece of markup. The same object is reused for all: read it before asking for the next. */
export interface HtmlToken {
  kind: HtmlTokenKind
  /** Tag or attribute name as written, without NUL bytes; the text of a comment. */
  name: string
  /** An attribute's value as written, without its quotes; null when it has none. */
  value: string | null
  /** True while the tag was opened inside the value; false for attributes of the page's own tag. */
  inTag: boolean
}

/** Where in a page the value starts. */
export type HtmlContext = 'text' | 'tag' | 'unquoted' | 'single' | 'double' | 'backtick'

/** Longest attribute value that is handed on; more of it is never needed for a verdict. */
export const MOST_VALUE_BYTES = 4_096

const LT = 60
const GT = 62
const SLASH = 47
const QUOTES: Readonly<Record<HtmlContext, string>> = {
  text: '',
  tag: '',
  unquoted: '',
  single: "'",
  double: '"',
  backtick: '`',
}

function isSpace(code: number): boolean {
  // A NUL byte stands between names for some browsers; VT for old ones.
  return code === 32 || (code >= 9 && code <= 13) || code === 0
}

function isLetter(code: number): boolean {
  const lower = code | 32
  return lower >= 97 && lower <= 122
}

/**
 * A tolerant HTML tokenizer (WHATWG HTML section 13.2.5, reduced to what decides about scripts, with
 * the quirks of browsers that ran scripts in more places). Every byte is read a bounded number of times.
 */
export class HtmlTokenizer {
  readonly token: HtmlToken = { kind: 'comment', name: '', value: null, inTag: false }
  readonly #text: string
  #at = 0
  #inside = false
  readonly #quirks: boolean
  /** A quote stood where an attribute name starts: browsers differ in how they read on. */
  quoted = false

  constructor(text: string, context: HtmlContext, quirks = false) {
    this.#text = text
    this.#quirks = quirks
    if (context === 'text') return
    this.#inside = true
    if (context === 'tag') return
    const quote = QUOTES[context]
    if (quote === '') this.#at = this.#unquotedEnd(0)
    else {
      const end = text.indexOf(quote)
      this.#at = end < 0 ? text.length : end + 1
    }
  }

  /** Bytes that are read. */
  get at(): number {
    return this.#at
  }

  /** Moves to the next piece of markup that begins before byte `until`; false when there is none. */
  next(until: number = Infinity): boolean {
    const stop = Math.min(until, this.#text.length)
    while (this.#at < stop) if (this.#inside ? this.#attribute() : this.#data()) return true
    return false
  }

  #report(kind: HtmlTokenKind, name: string, value: string | null): true {
    this.token.kind = kind
    this.token.name = name.includes('\0') ? name.replaceAll('\0', '') : name
    this.token.value = value === null ? null : value.slice(0, MOST_VALUE_BYTES)
    return true
  }

  #data(): boolean {
    const open = this.#text.indexOf('<', this.#at)
    if (open < 0 || open + 1 >= this.#text.length) {
      this.#at = this.#text.length
      return false
    }
    const code = this.#text.charCodeAt(open + 1)
    if (isLetter(code)) return this.#tag(open + 1)
    if (code === SLASH) {
      if (isLetter(this.#text.charCodeAt(open + 2))) return this.#tag(open + 2)
      return this.#bogusComment(open + 2)
    }
    if (code === 33) return this.#declaration(open + 2)
    if (code === 63 || code === 37) return this.#bogusComment(open + 2)
    if (code === 0) return this.#tag(open + 2)
    this.#at = open + 1
    return false
  }

  #tag(start: number): boolean {
    const text = this.#text
    let end = start
    while (end < text.length) {
      const code = text.charCodeAt(end)
      if (code === SLASH || code === GT || (isSpace(code) && code !== 0)) break
      end++
    }
    this.#at = end
    this.#inside = true
    this.token.inTag = true
    return this.#report('tag', text.slice(start, Math.min(end, start + 128)), null)
  }

  #declaration(start: number): boolean {
    const text = this.#text
    if (text.startsWith('--', start)) {
      const end = /-->|--!>/g
      end.lastIndex = start + 2
      const found = end.exec(text)
      const stop = found === null ? text.length : found.index
      this.#at = found === null ? text.length : stop + found[0].length
      return this.#report('comment', text.slice(start + 2, Math.min(stop, start + MOST_VALUE_BYTES)), null)
    }
    if (/^doctype/i.test(text.slice(start, start + 7))) {
      const end = text.indexOf('>', start)
      this.#at = end < 0 ? text.length : end + 1
      return this.#report('doctype', '', null)
    }
    return this.#bogusComment(start)
  }

  #bogusComment(start: number): boolean {
    const end = this.#text.indexOf('>', start)
    const stop = end < 0 ? this.#text.length : end
    this.#at = end < 0 ? stop : end + 1
    return this.#report('comment', this.#text.slice(start, Math.min(stop, start + MOST_VALUE_BYTES)), null)
  }

  #attribute(): boolean {
    const text = this.#text
    let at = this.#at
    while (at < text.length && (isSpace(text.charCodeAt(at)) || text.charCodeAt(at) === SLASH)) at++
    if (at >= text.length) {
      this.#at = at
      return false
    }
    const first = text.charCodeAt(at)
    if (first === GT || (first === LT && !this.token.inTag)) {
      this.#at = first === GT ? at + 1 : at
      this.#inside = false
      this.token.inTag = false
      return false
    }
    const start = at++
    if (first === 34 || first === 39) {
      this.quoted = true
      // Old browsers read a quote here as an opening one.
      const close = this.#quirks ? text.indexOf(text[start] ?? '', at) : -1
      if (close >= 0) {
        this.#at = close + 1
        return false
      }
    }
    while (at < text.length) {
      const code = text.charCodeAt(at)
      if (code === SLASH || code === GT || code === 61 || (isSpace(code) && code !== 0)) break
      at++
    }
    const name = text.slice(start, Math.min(at, start + 256))
    this.#at = at
    return this.#report('attribute', name, this.#value())
  }

  /** Reads `= value` where it stands next; null when there is none. */
  #value(): string | null {
    const text = this.#text
    let at = this.#at
    while (at < text.length && isSpace(text.charCodeAt(at))) at++
    if (text.charCodeAt(at) !== 61) return null
    at++
    while (at < text.length && isSpace(text.charCodeAt(at))) at++
    const quote = text[at]
    if (quote === '"' || quote === "'" || quote === '`') {
      const end = text.indexOf(quote, at + 1)
      this.#at = end < 0 ? text.length : end + 1
      return text.slice(at + 1, end < 0 ? text.length : end)
    }
    this.#at = this.#unquotedEnd(at)
    return text.slice(at, this.#at)
  }

  #unquotedEnd(start: number): number {
    let at = start
    while (at < this.#text.length) {
      const code = this.#text.charCodeAt(at)
      if (code === GT || (isSpace(code) && code !== 0)) break
      at++
    }
    return at
  }
}
