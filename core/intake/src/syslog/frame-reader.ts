/** Longest message in bytes; longer ones are cut. */
export const maxSyslogBytes = 65_536

/**
 * Takes the messages out of a stream of RFC 6587: each begins with its length (octet counting, section 3.4.1) or ends with a line feed
 * (section 3.4.2); a sender may use either, and which one is told by the first character. A length that is none ends the stream: nothing
 * after it could be trusted to be where it seems.
 */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)
  #skip = 0

  /** Messages that are complete after these bytes; undefined when the stream is broken. */
  push(bytes: Uint8Array): readonly string[] | undefined {
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes])
    const messages: string[] = []
    for (;;) {
      const before = this.#rest.length
      const message = this.#next()
      if (message === null) return undefined
      if (message !== undefined && message !== '') messages.push(message)
      if (message === undefined && this.#rest.length === before) return messages
    }
  }

  /** The message that the end of the stream ends. */
  end(): readonly string[] {
    const text = this.#skip > 0 ? '' : this.#rest.toString('utf8').trim()
    this.#rest = Buffer.alloc(0)
    return text === '' || isDigit(text.charCodeAt(0)) ? [] : [text]
  }

  /** Undefined: more bytes are needed. Null: broken. Empty: something was passed over. */
  #next(): string | undefined | null {
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, this.#rest.length)
      this.#rest = this.#rest.subarray(skipped)
      this.#skip -= skipped
      if (this.#skip > 0 || skipped === 0) return undefined
    }
    const first = this.#rest[0]
    if (first === undefined) return undefined
    return isDigit(first) ? this.#counted() : this.#terminated()
  }

  #counted(): string | undefined | null {
    const space = this.#rest.subarray(0, 8).indexOf(0x20)
    if (space < 0) return this.#rest.length >= 8 ? null : undefined
    const digits = this.#rest.toString('latin1', 0, space)
    if (!/^[1-9]\d{0,6}$/.test(digits)) return null
    const length = Number(digits)
    const kept = Math.min(length, maxSyslogBytes)
    if (this.#rest.length < space + 1 + kept) return undefined
    const message = this.#rest.toString('utf8', space + 1, space + 1 + kept)
    this.#rest = this.#rest.subarray(space + 1 + kept)
    this.#skip = length - kept
    return message
  }

  #terminated(): string | undefined {
    const end = this.#rest.indexOf(0x0a)
    if (end >= 0) {
      const message = this.#rest.toString('utf8', 0, Math.min(end, maxSyslogBytes))
      this.#rest = this.#rest.subarray(end + 1)
      return this.#isCut ? this.#passed() : message
    }
    if (this.#rest.length <= maxSyslogBytes) return undefined
    const message = this.#isCut ? '' : this.#rest.toString('utf8', 0, maxSyslogBytes)
    this.#rest = Buffer.alloc(0)
    this.#isCut = true
    return message
  }

  /** Whether the line that is being read was given already, cut. */
  #isCut = false

  #passed(): string {
    this.#isCut = false
    return ''
  }
}

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39
