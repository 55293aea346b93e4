import type { ByteStore } from './byte-store.ts'
import { utf8Bytes } from './utf8-bytes.ts'
import { XmlFault } from './xml-fault.ts'

/** Most bytes that entities of the document itself may expand to. */
export const maxXmlExpansion = 65_536
/** Entities in entities, so deep. */
const maxDepth = 8

const ampersand = 0x26
const predefined: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])

/** Writes out references to characters and entities (XML 1.0, 4.1). Throws {@link XmlFault}. */
export class XmlReferences {
  readonly #entities = new Map<string, string>()
  readonly #made: ByteStore
  #expanded = 0

  constructor(made: ByteStore) {
    this.#made = made
  }

  /** The first declaration of an entity counts. */
  declare(name: string, value: string): void {
    if (!this.#entities.has(name)) this.#entities.set(name, value)
  }

  /** Writes out a reference, or what stands before the next one; gives the place behind it, at most `end`. */
  writeOn(source: string, at: number, end: number): number {
    return this.#write({ source, end, depth: 0 }, at)
  }

  #write(within: { source: string; end: number; depth: number }, at: number): number {
    const { source, end, depth } = within
    if (source.charCodeAt(at) === ampersand) {
      const close = source.indexOf(';', at)
      if (close < 0 || close >= end) throw new XmlFault('reference is not closed')
      this.#refer(source.slice(at + 1, close), depth)
      return close + 1
    }
    let next = at
    while (next < end && source.charCodeAt(next) !== ampersand) next++
    this.#made.append(source, at, next)
    return next
  }

  #refer(name: string, depth: number): void {
    const plain = name.startsWith('#') ? characterOf(name) : predefined.get(name)
    if (plain !== undefined) {
      this.#made.append(plain, 0, plain.length)
      return
    }
    const source = this.#entities.get(name)
    if (source === undefined) throw new XmlFault('entity is not declared')
    this.#expanded += source.length
    if (depth >= maxDepth || this.#expanded > maxXmlExpansion) throw new XmlFault('entities expand too far')
    const within = { source, end: source.length, depth: depth + 1 }
    for (let at = 0; at < source.length;) at = this.#write(within, at)
  }
}

/** The character of `#65` or `#x41` in bytes; undefined for anything else. */
function characterOf(name: string): string | undefined {
  const isHex = name.charCodeAt(1) === 0x78
  const digits = name.slice(isHex ? 2 : 1)
  if (!(isHex ? /^[0-9a-fA-F]{1,6}$/ : /^[0-9]{1,7}$/).test(digits)) return undefined
  const point = Number.parseInt(digits, isHex ? 16 : 10)
  if (point === 0 || point > 0x10ffff) throw new XmlFault('character reference is not valid')
  return utf8Bytes(point)
}
