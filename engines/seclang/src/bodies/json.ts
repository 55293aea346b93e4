import { bodyResult, readWhole } from './body-result.ts'
import type { BodyLimits, BodyReader, BodyResult } from './body-result.ts'
import { addPair, emptyPairs } from './pairs.ts'
import type { Pairs } from './pairs.ts'
import { utf8Bytes, utf8SequenceLength } from './utf8-bytes.ts'

/**
 * How values inside arrays are named: `json.key.array_0` (libmodsecurity 3, which also names an empty key `empty-key`), or
 * `json.key` for each.
 */
export type ArrayNames = 'indexed' | 'plain'

/** Body processor JSON (RFC 8259, strict): each value becomes an argument named by its path. */
export function parseJsonBody(body: string, limits: BodyLimits, arrayNames: ArrayNames): BodyResult {
  return readWhole(openJsonBody(body, limits, arrayNames))
}

/** The same in pieces. */
export function openJsonBody(body: string, limits: BodyLimits, arrayNames: ArrayNames): BodyReader {
  const reader = new JsonReader(body, limits, { root: 'json', arrayNames })
  return {
    readOn(bytes) {
      if (body === '') return bodyResult(emptyPairs(), null)
      return reader.readOn(bytes) ? bodyResult(reader.args, reader.error) : null
    },
  }
}

/** Internal signal: the text is not JSON, or over a limit. */
class JsonFault extends Error {}

/** An object or array that is not closed yet. */
interface Level {
  readonly path: string
  readonly isObject: boolean
  index: number
}

/** Reads one JSON text into arguments by path, in pieces. Hot: bench/waf measures it on 4 KB and 64 KB bodies. */
export class JsonReader {
  readonly args: Pairs = emptyPairs()
  /** Why the text is refused, once it is read; null when it is not. */
  error: string | null = null
  readonly #text: string
  readonly #limits: BodyLimits
  readonly #indexed: boolean
  readonly #levels: Level[] = []
  #at = 0
  /** Path of the value that is wanted next; behind a value, none is. */
  #path: string
  #isWanting = true

  constructor(
    text: string,
    limits: BodyLimits,
    { root, arrayNames }: { readonly root: string; readonly arrayNames: ArrayNames },
  ) {
    this.#indexed = arrayNames === 'indexed'
    this.#text = text
    this.#limits = limits
    this.#path = root
  }

  /** Reads the values that begin in the next `bytes` bytes; true once the whole text is read or refused. */
  readOn(bytes: number): boolean {
    try {
      if (!this.#readValues(this.#at + bytes)) return false
      this.#skipBlanks()
      this.error = this.#at < this.#text.length ? `text after the value at byte ${this.#at}` : null
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error
      this.error = error.message
    }
    return true
  }

  #readValues(until: number): boolean {
    if (this.#at === 0) this.#skipBlanks()
    do {
      if (this.#isWanting) this.#readValue()
      else {
        const level = this.#levels.at(-1)
        if (level === undefined) return true
        this.#readBehind(level)
      }
    } while (this.#at < until)
    return false
  }

  #readValue(): void {
    const unit = this.#text.charCodeAt(this.#at)
    if (unit === 123) this.#open(true)
    else if (unit === 91) this.#open(false)
    else {
      this.#add(this.#path, unit === 34 ? this.#readString() : this.#readLiteral())
      this.#isWanting = false
    }
  }

  #open(isObject: boolean): void {
    if (this.#levels.length >= this.#limits.maxDepth)
      throw new JsonFault(`nested deeper than ${this.#limits.maxDepth}`)
    this.#at++
    this.#skipBlanks()
    if (this.#take(isObject ? 125 : 93)) {
      this.#isWanting = false
      return
    }
    const level = { path: this.#path, isObject, index: 0 }
    this.#levels.push(level)
    this.#readMember(level)
  }

  /** A value ended: its object or array ends, too, or goes on. */
  #readBehind(level: Level): void {
    this.#skipBlanks()
    if (this.#take(level.isObject ? 125 : 93)) {
      this.#levels.pop()
      return
    }
    if (!this.#take(44)) this.#fail('expected a comma')
    this.#skipBlanks()
    level.index++
    this.#readMember(level)
  }

  /** What stands before the value of a member: in an object its key. */
  #readMember(level: Level): void {
    this.#isWanting = true
    if (!level.isObject) {
      this.#path = this.#indexed ? `${level.path}.array_${level.index}` : level.path
      return
    }
    if (this.#text.charCodeAt(this.#at) !== 34) this.#fail('expected a key')
    const key = this.#readString()
    this.#skipBlanks()
    if (!this.#take(58)) this.#fail('expected a colon')
    this.#skipBlanks()
    this.#path = `${level.path}.${key === '' && this.#indexed ? 'empty-key' : key}`
  }

  #add(path: string, value: string): void {
    if (this.args.names.length >= this.#limits.maxArguments)
      throw new JsonFault('more arguments than allowed')
    addPair(this.args, path, value)
  }

  #readLiteral(): string {
    literalPattern.lastIndex = this.#at
    const literal = literalPattern.exec(this.#text)?.[0]
    if (literal === undefined) return this.#fail('expected a value')
    this.#at += literal.length
    return literal === 'null' ? '' : literal
  }

  #readString(): string {
    const text = this.#text
    const start = this.#at + 1
    let at = start
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      if (unit === 34) {
        this.#at = at + 1
        return text.slice(start, at)
      }
      if (unit === 92 || unit < 32 || unit >= 128) break
    }
    return this.#readLongString(start, at)
  }

  #readLongString(start: number, special: number): string {
    const text = this.#text
    let result = text.slice(start, special)
    let at = special
    while (at < text.length) {
      const unit = text.charCodeAt(at)
      if (unit === 34) {
        this.#at = at + 1
        return result
      }
      if (unit < 32) break
      if (unit === 92) {
        this.#at = at
        result += this.#readEscape()
        at = this.#at
        continue
      }
      const length = utf8SequenceLength(text, at)
      if (length === 0) break
      result += text.slice(at, at + length)
      at += length
    }
    this.#at = at
    return this.#fail('string is not valid')
  }

  #readEscape(): string {
    const unit = this.#text.charAt(this.#at + 1)
    const plain = escapes[unit]
    if (plain !== undefined) {
      this.#at += 2
      return plain
    }
    const high = this.#readUnicode()
    if (high < 0xd800 || high > 0xdbff) return utf8Bytes(high)
    const back = this.#at
    if (this.#text.startsWith('\\u', back)) {
      const low = this.#readUnicode()
      if (low >= 0xdc00 && low <= 0xdfff) return utf8Bytes(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))
    }
    this.#at = back
    return utf8Bytes(high)
  }

  #readUnicode(): number {
    const digits = this.#text.slice(this.#at + 2, this.#at + 6)
    if (this.#text[this.#at + 1] !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits))
      this.#fail('escape is not valid')
    this.#at += 6
    return Number.parseInt(digits, 16)
  }

  #take(unit: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== unit) return false
    this.#at++
    return true
  }

  #skipBlanks(): void {
    const text = this.#text
    for (;;) {
      const unit = text.charCodeAt(this.#at)
      if (unit !== 32 && unit !== 10 && unit !== 13 && unit !== 9) return
      this.#at++
    }
  }

  #fail(message: string): never {
    throw new JsonFault(`${message} at byte ${this.#at}`)
  }
}

const literalPattern = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
