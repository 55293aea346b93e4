import { isFieldByte, isTokenByte } from './byte-class.ts'

const colon = 0x3a
const space = 0x20
const tab = 0x09
const cr = 0x0d
const lf = 0x0a
const foldedBit = 2

/**
 * Walks the header lines of a head, strictly (RFC 9112 section 5): a token, a colon without space before it, field
 * bytes, CR LF. No folding, no bare CR or LF, no control characters. On the way it collects the lines that are kept in
 * their normal form `Name: value`, as few long slices as possible. One instance serves many heads, one after the
 * other: no allocation but the kept text. Hot; guarded by bench/edge.
 */
export class HeaderCursor {
  text = ''
  nameStart = 0
  nameEnd = 0
  valueStart = 0
  valueEnd = 0
  /** True when the current name holds a `_` or `.`, which services may read as `-`. */
  folded = false
  /** True when `next` stopped at a malformed line. */
  faulty = false
  private at = 0
  private kept = ''
  private runStart = -1
  private canonical = false

  /** Starts at `start`, the first byte of the first header line; `text` ends with CR LF. */
  open(text: string, start: number): void {
    this.text = text
    this.at = start
    this.kept = ''
    this.runStart = -1
    this.faulty = false
  }

  /** Goes to the next line; false at the end or at a malformed line. */
  next(): boolean {
    const text = this.text
    let i = this.at
    if (i >= text.length) return false
    const nameStart = i
    let marks = 0
    let mark = isTokenByte[text.charCodeAt(i)] ?? 0
    while (mark !== 0) {
      marks |= mark
      i += 1
      mark = isTokenByte[text.charCodeAt(i)] ?? 0
    }
    if (i === nameStart || text.charCodeAt(i) !== colon) return this.fault()
    const nameEnd = i
    i += 1
    let byte = text.charCodeAt(i)
    while (byte === space || byte === tab) byte = text.charCodeAt((i += 1))
    const valueStart = i
    while (isFieldByte[byte] === 1) byte = text.charCodeAt((i += 1))
    if (byte !== cr || text.charCodeAt(i + 1) !== lf) return this.fault()
    let valueEnd = i
    while (valueEnd > valueStart && isSpace(text.charCodeAt(valueEnd - 1))) valueEnd -= 1
    this.nameStart = nameStart
    this.nameEnd = nameEnd
    this.valueStart = valueStart
    this.valueEnd = valueEnd
    this.folded = (marks & foldedBit) !== 0
    this.canonical = valueStart === nameEnd + 2 && valueEnd === i && text.charCodeAt(nameEnd + 1) === space
    this.at = i + 2
    return true
  }

  /** The current value. */
  value(): string {
    return this.text.slice(this.valueStart, this.valueEnd)
  }

  /** True when a tab stands behind the current value: harmless elsewhere, but llhttp refuses it behind framing. */
  hasTrailingTab(): boolean {
    for (let i = this.valueEnd; ; i += 1) {
      const byte = this.text.charCodeAt(i)
      if (byte === tab) return true
      if (byte !== space) return false
    }
  }

  /** Keeps the current line. */
  keep(): void {
    if (this.canonical) {
      if (this.runStart < 0) this.runStart = this.nameStart
      return
    }
    this.closeRun(this.nameStart)
    this.kept += `${this.text.slice(this.nameStart, this.nameEnd)}: ${this.value()}\r\n`
  }

  /** Leaves the current line out. */
  drop(): void {
    if (this.runStart >= 0) this.closeRun(this.nameStart)
  }

  /** The kept lines, each ended by CR LF. */
  finish(): string {
    this.closeRun(this.at)
    return this.kept
  }

  private closeRun(end: number): void {
    if (this.runStart < 0) return
    this.kept += this.text.slice(this.runStart, end)
    this.runStart = -1
  }

  private fault(): false {
    this.faulty = true
    return false
  }
}

function isSpace(byte: number): boolean {
  return byte === space || byte === tab
}
