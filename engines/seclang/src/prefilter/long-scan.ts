import type { Transaction } from '../transaction/transaction.ts'
import { alwaysTrigger } from './byte-trigger.ts'
import type { LinkScanner } from './link-scanner.ts'
import type { VariantNode } from './variant-plan.ts'

/** From so many bytes on, the look at a value can be left between two of its forms. */
export const longScanBytes = 8192
/** Most different forms of one value whose links are remembered; further ones are looked at again. */
const maxForms = 24

/** One form of the value, and what the scan of it said. */
interface Form {
  readonly text: string
  readonly flags: number
  readonly links: Uint32Array
  readonly scanner: LinkScanner
}

interface Frame {
  readonly node: VariantNode
  readonly form: Form
  /** Child to go on with. */
  child: number
}

/**
 * The look at one long value in all its forms, in pieces: of 128 KB, some thirty forms are made and scanned. Comes to
 * the same as the look in one go that short values get; a test compares the two.
 */
export class LongScan {
  /** One bit per link that some form of the value may match. */
  readonly found: Uint32Array
  /** Trigger flags of the value itself. */
  readonly flags: number
  readonly #scanner: LinkScanner
  readonly #forms: Form[] = []
  readonly #frames: Frame[] = []

  constructor(
    tx: Transaction,
    value: string,
    { scanner, root }: { scanner: LinkScanner; root: VariantNode },
  ) {
    this.found = new Uint32Array(scanner.words)
    this.#scanner = scanner
    const form = this.#scan(tx, value, scanner)
    this.flags = form.flags
    this.#enter(root, form)
  }

  /** Goes on until the slice is used up; true when every form is looked at. At least one is each time. */
  goOn(tx: Transaction): boolean {
    let isFirst = true
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      if (tx.steps > tx.sliceEnd && !isFirst) return false
      isFirst = false
      const child = frame.node.children[frame.child++]
      if (child === undefined) this.#frames.pop()
      else this.#visit(tx, child, frame.form)
    }
    return true
  }

  #visit(tx: Transaction, child: VariantNode, form: Form): void {
    if (((form.flags | alwaysTrigger) & child.wanted) === 0) return
    const isTriggered = ((form.flags | alwaysTrigger) & child.trigger) !== 0
    if (!isTriggered || child.transformation === null) {
      this.#enter(child, form)
      return
    }
    tx.steps += 1 + (form.text.length >> 6)
    const text = child.transformation.apply(form.text)
    if (text === form.text) this.#enter(child, form)
    else if (text.length >= child.shortest)
      this.#enter(child, this.#formOf(tx, text, child.scanner ?? this.#scanner))
  }

  #enter(node: VariantNode, form: Form): void {
    const isLeaf = ((form.flags | alwaysTrigger) & node.triggersBelow) === 0
    const wanted = isLeaf ? node.below : node.links
    for (let word = 0; word < this.found.length; word++)
      this.found[word] = (this.found[word] ?? 0) | ((form.links[word] ?? 0) & (wanted[word] ?? 0))
    if (!isLeaf) this.#frames.push({ node, form, child: 0 })
  }

  /** Different chains often give the same text. */
  #formOf(tx: Transaction, text: string, scanner: LinkScanner): Form {
    const known = this.#forms.find(
      (form) => (form.scanner === scanner || form.scanner === this.#scanner) && form.text === text,
    )
    return known ?? this.#scan(tx, text, scanner)
  }

  #scan(tx: Transaction, text: string, scanner: LinkScanner): Form {
    tx.steps += 1 + (text.length >> 5)
    const flags = scanner.scan(text)
    const links = new Uint32Array(this.found.length)
    if (scanner.hasBits) links.set(scanner.bits)
    const form = { text, flags, links, scanner }
    if (this.#forms.length < maxForms) this.#forms.push(form)
    return form
  }
}
