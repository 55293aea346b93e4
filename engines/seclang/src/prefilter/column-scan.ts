import type { Target } from '../compile/compiled-rule-set.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { alwaysTrigger } from './byte-trigger.ts'
import type { Column } from './column.ts'
import type { LinkScanner } from './link-scanner.ts'
import { needsEveryValue } from './variant-plan.ts'
import type { VariantNode } from './variant-plan.ts'

/** Where the values of a column come from. */
export interface ColumnPlace {
  readonly number: number
  readonly target: Target & { kind: 'list' | 'scalar' | 'xml' }
  /** Which list of the target. */
  readonly list: number
  /** First phase that needs the column. */
  readonly phase: number
}

/** Deepest chain of transformations. */
const maxDepth = 32

/** Looks at the values of one column for all links at once. Hot: bench/waf measures it. */
export class ColumnScan {
  readonly phase: number
  readonly #scanner: LinkScanner
  readonly #root: VariantNode
  readonly #place: ColumnPlace
  readonly #everyValue: boolean
  /** Link bits of the form at each depth. */
  readonly #forms: readonly Uint32Array[]
  #found: Uint32Array

  constructor(scanner: LinkScanner, root: VariantNode, place: ColumnPlace) {
    this.phase = place.phase
    this.#scanner = scanner
    this.#root = root
    this.#place = place
    this.#everyValue = needsEveryValue(root)
    this.#forms = Array.from({ length: maxDepth }, () => new Uint32Array(scanner.words))
    this.#found = new Uint32Array(scanner.words)
  }

  /** Scans the values that were not scanned yet. */
  run(tx: Transaction): void {
    const column = tx.columns[this.#place.number]
    if (column === undefined) return
    const { target, list } = this.#place
    switch (target.kind) {
      case 'scalar': {
        const value = target.source.read(tx)
        // REQUEST_BODY is empty in phase 1 and has its value in phase 2.
        if (column.scanned > 0 || typeof value !== 'string' || value === '') return
        column.scanned = 1
        this.#look(tx, column, { row: 0, value })
        return
      }
      case 'xml':
        if (tx.xml !== null) this.#lookAt(tx, column, tx.xmlValues(target.path, target.xpath))
        return
      case 'list':
        this.#lookAt(tx, column, target.lists[list]?.access.values(tx) ?? [])
    }
  }

  #lookAt(tx: Transaction, column: Column, values: readonly string[]): void {
    const triggers = this.#root.triggersBelow
    const scanner = this.#scanner
    for (let row = column.scanned; row < values.length; row++) {
      const value = values[row] ?? ''
      const flags = scanner.scan(value, 0, 0)
      if (!scanner.hasBits && (flags & triggers) === 0 && !this.#everyValue) continue
      this.#settle(tx, column, { row, value, flags })
    }
    column.scanned = values.length
  }

  #look(tx: Transaction, column: Column, { row, value }: { row: number; value: string }): void {
    const flags = this.#scanner.scan(value, 0, 0)
    this.#settle(tx, column, { row, value, flags })
  }

  #settle(tx: Transaction, column: Column, { row, value, flags }: { row: number; value: string; flags: number }): void {
    const { candidates } = tx
    this.#found.fill(0)
    const form = this.#forms[0]
    if (form === undefined || candidates === null) return
    this.#take(form)
    this.#visit(this.#root, { text: value, flags, depth: 0, form })
    let any = 0
    for (let word = 0; word < this.#found.length; word++) {
      const found = this.#found[word] ?? 0
      any |= found
      candidates[word] = (candidates[word] ?? 0) | found
    }
    tx.steps += 1 + (value.length >> 6)
    if (any === 0) return
    column.rows.push(row)
    column.bits.push(this.#found)
    column.texts.push([])
    this.#found = new Uint32Array(this.#scanner.words)
  }

  #take(form: Uint32Array): void {
    if (this.#scanner.hasBits) form.set(this.#scanner.bits)
    else form.fill(0)
  }

  #visit(node: VariantNode, at: { text: string; flags: number; depth: number; form: Uint32Array }): void {
    if (((at.flags | alwaysTrigger) & node.triggersBelow) === 0) {
      this.#add(at.form, node.below)
      return
    }
    this.#add(at.form, node.links)
    for (const child of node.children) {
      const isTriggered = child.trigger === alwaysTrigger || (child.trigger & at.flags) !== 0
      const text = isTriggered ? (child.transformation?.apply(at.text) ?? at.text) : at.text
      const form = this.#forms[at.depth + 1]
      if (text === at.text || form === undefined) {
        this.#visit(child, at)
        continue
      }
      const flags = this.#scanner.scan(text, 0, 0)
      this.#take(form)
      this.#visit(child, { text, flags, depth: at.depth + 1, form })
    }
  }

  #add(form: Uint32Array, links: Uint32Array): void {
    const found = this.#found
    for (let word = 0; word < found.length; word++) {
      found[word] = (found[word] ?? 0) | ((form[word] ?? 0) & (links[word] ?? 0))
    }
  }
}
