import type { Target } from '../compile/compiled-rule-set.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { alwaysTrigger } from './byte-trigger.ts'
import { createColumn } from './column.ts'
import type { Column } from './column.ts'
import { KnownResults } from './known-results.ts'
import type { LinkScanner } from './link-scanner.ts'
import { LongScan, longScanBytes } from './long-scan.ts'
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
  /** Trees of members that some links name, by lower-case name; all other members have the column's tree. */
  readonly named: ReadonlyMap<string, VariantNode>
}

/** Most different forms of one value whose links are remembered; further ones are looked at again. */
const maxForms = 24

/** Looks at the values of one column for all links at once. Hot: bench/waf measures it. */
export class ColumnScan {
  readonly phase: number
  readonly #scanner: LinkScanner
  readonly #root: VariantNode
  readonly #place: ColumnPlace
  readonly #everyValue: boolean
  /** Different forms of the value in hand, with their trigger flags and links. */
  readonly #texts: string[] = []
  readonly #flags: number[] = []
  readonly #links: readonly Uint32Array[]
  /** What each form was looked at with. */
  readonly #scanners: LinkScanner[] = []
  #forms = 0
  readonly #results = new KnownResults()
  readonly #found: Uint32Array

  constructor(scanner: LinkScanner, root: VariantNode, place: ColumnPlace) {
    this.phase = place.phase
    this.#scanner = scanner
    this.#root = root
    this.#place = place
    this.#everyValue = needsEveryValue(root)
    this.#links = Array.from({ length: maxForms + 1 }, () => new Uint32Array(scanner.words))
    this.#found = new Uint32Array(scanner.words)
  }

  /** Scans the values that were not scanned yet; false when the slice ended before the last one. */
  run(tx: Transaction): boolean {
    const { target, list } = this.#place
    switch (target.kind) {
      case 'scalar': {
        const value = target.source.read(tx)
        // REQUEST_BODY is empty in phase 1 and has its value in phase 2.
        if (typeof value !== 'string' || value === '') return true
        const column = this.#columnOf(tx)
        if (column.scanned > 0) return true
        if (value.length < longScanBytes) this.#look(tx, column, 0, value)
        else if (!this.#lookLong(tx, column, 0, value, this.#root)) return false
        column.scanned = 1
        return true
      }
      case 'xml':
        if (tx.xml === null) return true
        return this.#lookAt(tx, this.#columnOf(tx), tx.xmlValues(target.path, target.xpath))
      case 'list': {
        const access = target.lists[list]?.access
        const values = access?.values(tx)
        if (access === undefined || values === undefined || values.length === 0) return true
        const column = this.#columnOf(tx)
        return this.#place.named.size > 0
          ? this.#lookAtNamed(tx, column, values, access.names(tx))
          : this.#lookAt(tx, column, values)
      }
    }
  }

  #columnOf(tx: Transaction): Column {
    const known = tx.columns[this.#place.number]
    if (known !== undefined) return known
    const column = createColumn()
    tx.columns[this.#place.number] = column
    return column
  }

  #lookAt(tx: Transaction, column: Column, values: readonly string[]): boolean {
    const triggers = this.#root.triggersBelow
    const scanner = this.#scanner
    for (let row = column.scanned; row < values.length; row++) {
      if (tx.steps > tx.sliceEnd && row > column.scanned) return this.#pause(column, row)
      const value = values[row] ?? ''
      if (value.length >= longScanBytes) {
        if (!this.#lookLong(tx, column, row, value, this.#root)) return this.#pause(column, row)
        continue
      }
      const flags = scanner.scan(value)
      tx.steps += 1 + (value.length >> 6)
      column.flags |= flags
      if (!scanner.hasBits && (flags & triggers) === 0 && !this.#everyValue) continue
      this.#settle(tx, column, row, value, flags, this.#root)
    }
    column.scanned = values.length
    return true
  }

  #lookAtNamed(
    tx: Transaction,
    column: Column,
    values: readonly string[],
    names: readonly string[],
  ): boolean {
    const scanner = this.#scanner
    for (let row = column.scanned; row < values.length; row++) {
      if (tx.steps > tx.sliceEnd && row > column.scanned) return this.#pause(column, row)
      const value = values[row] ?? ''
      const root = this.#place.named.get((names[row] ?? '').toLowerCase()) ?? this.#root
      if (value.length >= longScanBytes) {
        if (!this.#lookLong(tx, column, row, value, root)) return this.#pause(column, row)
        continue
      }
      const flags = scanner.scan(value)
      tx.steps += 1 + (value.length >> 6)
      column.flags |= flags
      if (!scanner.hasBits && (flags & root.triggersBelow) === 0 && !needsEveryValue(root)) continue
      this.#settle(tx, column, row, value, flags, root)
    }
    column.scanned = values.length
    return true
  }

  #pause(column: Column, row: number): boolean {
    column.scanned = row
    return false
  }

  #look(tx: Transaction, column: Column, row: number, value: string): void {
    this.#settle(tx, column, row, value, this.#scanner.scan(value), this.#root)
  }

  // Six parameters: an object here would be made for nearly every value of a request.
  #settle(
    tx: Transaction,
    column: Column,
    row: number,
    value: string,
    flags: number,
    root: VariantNode,
  ): void {
    const found = this.#found
    found.fill(0)
    this.#forms = 0
    this.#results.clear()
    this.#visit(root, value, this.#keep(value, flags, this.#scanner))
    let any = 0
    for (let word = 0; word < found.length; word++) any |= found[word] ?? 0
    tx.steps += this.#forms * (1 + (value.length >> 5))
    if (any !== 0) this.#record(tx, column, row, found)
  }

  /** A long value: false when the slice ended before all its forms were looked at. */
  #lookLong(tx: Transaction, column: Column, row: number, value: string, root: VariantNode): boolean {
    const scan = tx.longScan ?? new LongScan(tx, value, { scanner: this.#scanner, root })
    tx.longScan = null
    if (!scan.goOn(tx)) {
      tx.longScan = scan
      return false
    }
    column.flags |= scan.flags
    if (scan.found.some((links) => links !== 0)) this.#record(tx, column, row, scan.found)
    return true
  }

  /** Notes a value that some links may match. */
  #record(tx: Transaction, column: Column, row: number, found: Uint32Array): void {
    const { candidates } = tx
    if (candidates === null) return
    for (let word = 0; word < found.length; word++)
      candidates[word] = (candidates[word] ?? 0) | (found[word] ?? 0)
    column.rows.push(row)
    for (let word = 0; word < found.length; word++) column.bits.push((found[word] ?? 0) | 0)
  }

  /** Remembers the links of the form that was scanned last; gives its number. */
  #keep(text: string, flags: number, scanner: LinkScanner): number {
    const number = Math.min(this.#forms, maxForms)
    if (this.#forms < maxForms) this.#forms++
    this.#texts[number] = text
    this.#flags[number] = flags
    this.#scanners[number] = scanner
    const links = this.#links[number]
    if (links === undefined) return number
    if (scanner.hasBits) links.set(scanner.bits)
    else links.fill(0)
    return number
  }

  /** Number of a form: different chains often give the same text. */
  #formOf(text: string, scanner: LinkScanner): number {
    for (let number = 0; number < this.#forms; number++) {
      const used = this.#scanners[number]
      if ((used === scanner || used === this.#scanner) && this.#texts[number] === text) return number
    }
    return this.#keep(text, scanner.scan(text), scanner)
  }

  #visit(node: VariantNode, text: string, form: number): void {
    const flags = this.#flags[form] ?? 0
    const links = this.#links[form]
    if (links === undefined) return
    if (((flags | alwaysTrigger) & node.triggersBelow) === 0) {
      this.#add(links, node.below)
      return
    }
    this.#add(links, node.links)
    for (const child of node.children) {
      if (((flags | alwaysTrigger) & child.wanted) === 0 || text.length < child.shortest) continue
      const step = child.transformation
      const isTriggered = ((flags | alwaysTrigger) & child.trigger) !== 0
      const next = isTriggered && step !== null ? this.#results.apply(step, text) : text
      if (next === text) this.#visit(child, text, form)
      else if (next.length >= child.shortest)
        this.#visit(child, next, this.#formOf(next, child.scanner ?? this.#scanner))
    }
  }

  #add(form: Uint32Array, links: Uint32Array): void {
    const found = this.#found
    for (let word = 0; word < found.length; word++) {
      found[word] = (found[word] ?? 0) | ((form[word] ?? 0) & (links[word] ?? 0))
    }
  }
}
