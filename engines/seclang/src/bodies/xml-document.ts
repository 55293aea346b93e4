import { ByteStore } from './byte-store.ts'
import { XmlNames } from './xml-names.ts'

/** Numbers of a node: name and kind, two that depend on the kind, and the namespace of an element. */
const stride = 4
const kindBits = 3
const element = 0
const attribute = 1
const text = 2
/** Added to the kind where the value was made (references expanded), and is no part of the body. */
const made = 4

/** Where a value stands: in the body, or among the bytes that were made of it. */
export interface XmlSpan {
  readonly from: number
  readonly to: number
  readonly isMade: boolean
}

/**
 * A document as one table of numbers in document order: an element, its attributes, its content. A body of a few bytes
 * a node has as many nodes as an attacker likes; as objects they would stop the process whenever memory is collected,
 * and the requests of all other clients with it.
 */
export class XmlDocument {
  readonly names: XmlNames = new XmlNames()
  /** Values that are not in the body as they are. */
  readonly made: ByteStore = new ByteStore()
  readonly #body: string
  readonly #namespaces: string[] = ['']
  readonly #namespaceNumbers = new Map<string, number>([['', 0]])
  #table = new Int32Array(64 * stride)
  #size = 0

  constructor(body: string) {
    this.#body = body
  }

  /** Number of nodes; they are numbered in document order, the root element is 0. */
  get size(): number {
    return this.#size
  }

  /** Begins an element; what is added until {@link close} is below it. */
  addElement(name: number): number {
    return this.#add((name << kindBits) | element, 0, 0)
  }

  addAttribute(name: number, { from, to, isMade }: XmlSpan): void {
    this.#add((name << kindBits) | attribute | (isMade ? made : 0), from, to)
  }

  addText({ from, to, isMade }: XmlSpan): void {
    this.#add(text | (isMade ? made : 0), from, to)
  }

  /** Ends an element. */
  close(node: number): void {
    this.#table[node * stride + 1] = this.#size
  }

  setNamespace(node: number, namespace: number): void {
    this.#table[node * stride + 3] = namespace
  }

  /** Number of a namespace; 0 is none. */
  namespaceNumber(namespace: string): number {
    const known = this.#namespaceNumbers.get(namespace)
    if (known !== undefined) return known
    const number = this.#namespaces.length
    this.#namespaceNumbers.set(namespace, number)
    this.#namespaces.push(namespace)
    return number
  }

  isElement(node: number): boolean {
    return (this.#code(node) & 3) === element
  }

  isAttribute(node: number): boolean {
    return (this.#code(node) & 3) === attribute
  }

  isText(node: number): boolean {
    return (this.#code(node) & 3) === text
  }

  /** Number of the name of an element or attribute. */
  nameOf(node: number): number {
    return this.#code(node) >> kindBits
  }

  /** First node behind an element and everything in it. */
  endOf(node: number): number {
    return this.#table[node * stride + 1] ?? this.#size
  }

  namespaceOf(node: number): string {
    return this.#namespaces[this.#table[node * stride + 3] ?? 0] ?? ''
  }

  /** Value of an attribute or text. */
  value(node: number): string {
    return this.#sourceOf(node).slice(this.#from(node), this.#to(node))
  }

  /** All character data from one node to before another, in document order. */
  textBetween(node: number, end: number): string {
    const bytes = new ByteStore()
    for (let at = node; at < end; at++)
      if (this.isText(at)) bytes.append(this.#sourceOf(at), this.#from(at), this.#to(at))
    return bytes.toString()
  }

  /** The text that a value is a part of. */
  #sourceOf(node: number): string {
    return (this.#code(node) & made) === 0 ? this.#body : this.made.toString()
  }

  #code(node: number): number {
    return this.#table[node * stride] ?? 0
  }

  #from(node: number): number {
    return this.#table[node * stride + 1] ?? 0
  }

  #to(node: number): number {
    return this.#table[node * stride + 2] ?? 0
  }

  #add(code: number, first: number, second: number): number {
    const node = this.#size
    const at = node * stride
    if (at === this.#table.length) {
      const larger = new Int32Array(2 * at)
      larger.set(this.#table)
      this.#table = larger
    }
    this.#table[at] = code
    this.#table[at + 1] = first
    this.#table[at + 2] = second
    this.#size++
    return node
  }
}
