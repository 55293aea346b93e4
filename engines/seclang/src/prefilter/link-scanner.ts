import { buildAutomaton, LiteralsError } from '@sevenfold/literals'
import type { Automaton } from '@sevenfold/literals'
import { assignMarks } from './byte-marks.ts'
import { longTextTriggers, triggerTable } from './byte-trigger.ts'
import { maxScannedLiteral } from './link-needs.ts'
import type { LinkNeeds } from './link-needs.ts'
import { createSkipScan, longText, skipLiterals } from './skip-scan.ts'
import type { SkipScan } from './skip-scan.ts'

// No clause and no set: such a link rests unmet.
const never: LinkNeeds = { clauses: [], orBytes: null, byteSets: [] }

/** Most different marks whose links are remembered. */
const maxRemembered = 2048

/** Beyond so many literals in one text it is remembered which were there: most of them come again and again. */
const manyHits = 32
/** Texts that are told apart by number before numbers are used again. */
const maxTexts = 2 ** 30

/**
 * Tells for a text which links' needs it meets, in one pass of two table reads a byte. Not re-entrant: results are in
 * `bits` until the next scan. Hot: bench/waf measures it.
 */
export class LinkScanner {
  /** Entries of a set of links. */
  readonly words: number
  /** One bit per link whose needs the text of the last scan meets. */
  readonly bits: Uint32Array
  /** Whether `bits` holds any. */
  hasBits = false
  readonly #table: Automaton['table']
  /** Class of each byte in the low 8 bits, trigger flags above. */
  readonly #bytes: Int32Array
  readonly #markOf: Int32Array
  readonly #shift: number
  /** States from here on end literals. */
  readonly #firstHit: number
  readonly #outputStart: Int32Array
  readonly #outputWord: Int32Array
  readonly #outputMask: Int32Array
  /** For each state that ends literals, the last text with many in which it was reached: once is as good as often. */
  readonly #reached: Int32Array
  #text = 0
  /** Fulfilled clauses: first clauses of all links, then second, then third. */
  readonly #clauses: Int32Array
  readonly #resting: Int32Array
  readonly #clauseCount: number
  /** Marks that any of those links needs. */
  readonly #byteMarks: number
  /** For each set of bytes: its marks, and the links that need one of them. */
  readonly #setMarks: Int32Array
  readonly #setLinks: readonly Int32Array[]
  /** Bytes that stand for a first clause: their marks, and the links that take them. */
  readonly #orMarks: Int32Array
  readonly #byMarks = new Map<number, Uint32Array | null>()
  readonly #distinct = new Map<string, Uint32Array>()
  readonly #orLinks: readonly Int32Array[]
  /** Rules most long texts out, when the links allow it; made when the first long text comes. */
  #skip: SkipScan | null | undefined
  /** First clauses to make it from. */
  #skipLiterals: readonly string[] | null

  /** Needs by bit; null for links that are never looked for here. */
  constructor(links: readonly (LinkNeeds | null)[]) {
    this.#skipLiterals = skipLiterals(links)
    const wanted = links.map((need) => need ?? never)
    const sets = distinctSets(wanted)
    const marks = assignMarks(sets.map((set) => set.bytes))
    const needs = withoutUnmarked(wanted, sets, marks.setMarks)
    this.words = Math.max(1, Math.ceil(needs.length / 32))
    this.bits = new Uint32Array(this.words)
    const outputs: LiteralOutputs = new Map()
    this.#clauseCount = Math.max(1, ...needs.map((need) => need.clauses.length))
    this.#resting = new Int32Array(this.#clauseCount * this.words).fill(-1)
    needs.forEach(({ clauses }, link) =>
      clauses.forEach((clause, number) => {
        const place = { word: number * this.words + (link >> 5), mask: 1 << (link & 31) }
        this.#resting[place.word] = (this.#resting[place.word] ?? 0) & ~place.mask
        for (const literal of clause) addOutput(outputs, literal, place)
      }),
    )
    const byteLinks = needs.map((need) => need.clauses.length === 0 && need.byteSets.length > 0)
    // Links with clauses start unmet in their first clause; padding bits too.
    for (let link = 0; link < this.words * 32; link++) {
      if (link < needs.length && byteLinks[link] === true) continue
      const word = link >> 5
      this.#resting[word] = (this.#resting[word] ?? 0) & ~(1 << (link & 31))
    }
    this.#clauses = this.#resting.slice()
    this.#markOf = marks.markOf
    const fitting = sets.flatMap((set, number) => {
      const setMarks = marks.setMarks[number] ?? -1
      return setMarks === -1 ? [] : [{ marks: setMarks, links: set.links }]
    })
    this.#setMarks = Int32Array.from(fitting, (set) => set.marks)
    this.#setLinks = fitting.map((set) => linkSet(this.words, set.links))
    const alternatives = orSets(needs, marks.markOf)
    this.#orMarks = Int32Array.from(alternatives, (entry) => entry.marks)
    this.#orLinks = alternatives.map((entry) => linkSet(this.words, [entry.link]))
    this.#byteMarks = alternatives.reduce(
      (union, entry) => union | entry.marks,
      byteLinkMarks(needs, sets, marks.setMarks),
    )
    const { automaton, outputs: scanned } = fittingAutomaton(outputs)
    this.#table = automaton.table
    this.#shift = automaton.shift
    this.#firstHit = automaton.firstHit
    const triggers = triggerTable()
    this.#bytes = Int32Array.from(automaton.classes, (number, unit) => number | ((triggers[unit] ?? 0) << 8))
    const flat = flattenOutputs(automaton, [...scanned.values()])
    this.#outputStart = flat.start
    this.#reached = new Int32Array(flat.start.length)
    this.#outputWord = flat.word
    this.#outputMask = flat.mask
  }

  /** Scans a text; gives the trigger flags of its bytes, and for long texts perhaps more than those. */
  scan(text: string): number {
    if (text.length >= longText && this.#skipScan()?.mayHold(text) === false) {
      this.hasBits = false
      return longTextTriggers(text)
    }
    return this.#scanAll(text)
  }

  #skipScan(): SkipScan | null {
    if (this.#skip === undefined) {
      this.#skip = createSkipScan(this.#skipLiterals)
      this.#skipLiterals = null
    }
    return this.#skip
  }

  #scanAll(text: string): number {
    const table = this.#table
    const bytes = this.#bytes
    const markOf = this.#markOf
    const shift = this.#shift
    const firstHit = this.#firstHit
    let flags = 0
    let marks = 0
    let state = 0
    let hits = 0
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at) & 255
      const byte = bytes[unit] ?? 0
      flags |= byte
      marks |= markOf[unit] ?? 0
      state = table[(state << shift) | (byte & 255)] ?? 0
      if (state >= firstHit) this.#hit(state - firstHit, hits++)
    }
    if (hits > 0) this.hasBits = this.#collect(marks)
    else if ((marks & this.#byteMarks) === 0) this.hasBits = false
    else this.hasBits = this.#recall(marks)
    return flags >>> 8
  }

  #hit(number: number, earlier: number): void {
    const clauses = this.#clauses
    if (earlier === 0) this.#rest()
    if (earlier >= manyHits) {
      if (earlier === manyHits) this.#nextText()
      if (this.#reached[number] === this.#text) return
      this.#reached[number] = this.#text
    }
    const end = this.#outputStart[number + 1] ?? 0
    for (let at = this.#outputStart[number] ?? 0; at < end; at++) {
      const word = this.#outputWord[at] ?? 0
      clauses[word] = (clauses[word] ?? 0) | (this.#outputMask[at] ?? 0)
    }
  }

  #nextText(): void {
    if (this.#text === maxTexts) {
      this.#reached.fill(0)
      this.#text = 0
    }
    this.#text++
  }

  /** Links of texts without literals depend on the marks alone, and few different marks occur. */
  #recall(marks: number): boolean {
    const known = this.#byMarks.get(marks)
    if (known !== undefined) {
      if (known !== null) this.bits.set(known)
      return known !== null
    }
    this.#rest()
    const found = this.#collect(marks)
    if (this.#byMarks.size >= maxRemembered) this.#byMarks.clear()
    this.#byMarks.set(marks, found ? this.#sharedBits() : null)
    return found
  }

  /** A copy of the bits; equal ones are kept once, because many marks come to the same few sets of links. */
  #sharedBits(): Uint32Array {
    const key = this.bits.join()
    const known = this.#distinct.get(key)
    if (known !== undefined) return known
    const copy = this.bits.slice()
    if (this.#distinct.size >= maxRemembered) this.#distinct.clear()
    this.#distinct.set(key, copy)
    return copy
  }

  #rest(): void {
    const clauses = this.#clauses
    const resting = this.#resting
    for (let word = 0; word < clauses.length; word++) clauses[word] = resting[word] ?? 0
  }

  #collect(marks: number): boolean {
    const { words, bits } = this
    for (let entry = 0; entry < this.#orMarks.length; entry++) {
      if (((this.#orMarks[entry] ?? 0) & marks) === 0) continue
      const links = this.#orLinks[entry]
      for (let word = 0; word < words; word++)
        this.#clauses[word] = (this.#clauses[word] ?? 0) | (links?.[word] ?? 0)
    }
    let any = 0
    for (let word = 0; word < words; word++) {
      let all = this.#clauses[word] ?? 0
      for (let clause = 1; clause < this.#clauseCount; clause++)
        all &= this.#clauses[clause * words + word] ?? 0
      bits[word] = all
      any |= all
    }
    if (any === 0) return false
    for (let set = 0; set < this.#setMarks.length; set++) {
      if (((this.#setMarks[set] ?? 0) & marks) !== 0) continue
      const links = this.#setLinks[set]
      if (links === undefined) continue
      for (let word = 0; word < words; word++) bits[word] = (bits[word] ?? 0) & ~(links[word] ?? 0)
    }
    any = 0
    for (let word = 0; word < words; word++) any |= bits[word] ?? 0
    return any !== 0
  }
}

interface NeededSet {
  readonly bytes: Uint8Array
  readonly links: Set<number>
}

const knownKeys = new WeakMap<Uint8Array, string>()

/** Text that equal sets share; many scanners ask for the same sets. */
function keyOf(bytes: Uint8Array): string {
  const key = knownKeys.get(bytes) ?? bytes.join('')
  knownKeys.set(bytes, key)
  return key
}

/** Sets of bytes with the links that need them; those of links without literals first, so that they get marks. */
function distinctSets(needs: readonly LinkNeeds[]): NeededSet[] {
  const known = new Map<string, NeededSet & { rank: number }>()
  needs.forEach(({ clauses, byteSets, orBytes }, link) => {
    // Bytes that stand for a clause need marks of their own, or the clause would be missed.
    if (orBytes !== null) known.set(`or ${link}`, { bytes: orBytes, links: new Set(), rank: 1_000_000 })
    for (const bytes of byteSets) {
      const key = keyOf(bytes)
      const set = known.get(key) ?? { bytes, links: new Set<number>(), rank: 0 }
      set.links.add(link)
      set.rank += clauses.length === 0 ? 100 : 1
      known.set(key, set)
    }
  })
  return [...known.values()].toSorted((left, right) => right.rank - left.rank)
}

/** Links that need bytes alone, none of them with a mark, look for one of their sets as literals. */
function withoutUnmarked(
  needs: readonly LinkNeeds[],
  sets: readonly NeededSet[],
  setMarks: readonly number[],
): readonly LinkNeeds[] {
  return needs.map((need, link) => {
    if (need.clauses.length > 0 || need.byteSets.length === 0) return need
    const own = sets.flatMap((set, number) =>
      set.links.has(link) ? [{ set, marks: setMarks[number] ?? -1 }] : [],
    )
    const [first] = own
    if (first === undefined || own.some(({ marks }) => marks !== -1)) return need
    const clause = Array.from(first.set.bytes, (member, unit) =>
      member === 1 ? String.fromCharCode(unit) : '',
    )
    const literals = new Set(clause.map((literal) => literal.replace(/[A-Z]/, (unit) => unit.toLowerCase())))
    literals.delete('')
    return { clauses: [[...literals]], orBytes: null, byteSets: need.byteSets }
  })
}

function byteLinkMarks(
  needs: readonly LinkNeeds[],
  sets: readonly NeededSet[],
  setMarks: readonly number[],
): number {
  let union = 0
  for (const [number, set] of sets.entries()) {
    const isNeeded = [...set.links].some((link) => needs[link]?.clauses.length === 0)
    const own = setMarks[number] ?? -1
    if (isNeeded && own !== -1) union |= own
  }
  return union
}

/** Marks of the bytes that may stand for the first clause of a link. */
function orSets(needs: readonly LinkNeeds[], markOf: Int32Array): { marks: number; link: number }[] {
  return needs.flatMap(({ orBytes }, link) => {
    if (orBytes === null) return []
    let marks = 0
    for (let unit = 0; unit < 256; unit++) if (orBytes[unit] === 1) marks |= markOf[unit] ?? 0
    return [{ marks, link }]
  })
}

function linkSet(words: number, links: Iterable<number>): Int32Array {
  const set = new Int32Array(words)
  for (const link of links) set[link >> 5] = (set[link >> 5] ?? 0) | (1 << (link & 31))
  return set
}

/** For each literal, the clauses that it fulfils: word and mask in turn. */
type LiteralOutputs = Map<string, number[]>

function addOutput(
  outputs: LiteralOutputs,
  literal: string,
  { word, mask }: { word: number; mask: number },
): void {
  const known = outputs.get(literal)
  if (known === undefined) outputs.set(literal, [word, mask])
  else addMask(known, word, mask)
}

function addMask(pairs: number[], word: number, mask: number): void {
  for (let at = 0; at < pairs.length; at += 2) {
    if (pairs[at] !== word) continue
    pairs[at + 1] = (pairs[at + 1] ?? 0) | mask
    return
  }
  pairs.push(word, mask)
}

interface FlatOutputs {
  readonly start: Int32Array
  readonly word: Int32Array
  readonly mask: Int32Array
}

function flattenOutputs(
  { hitStarts, hits }: Automaton,
  outputs: readonly (readonly number[])[],
): FlatOutputs {
  const start = new Int32Array(hitStarts.length)
  const words: number[] = []
  const masks: number[] = []
  const merged: number[] = []
  for (let ending = 0; ending + 1 < hitStarts.length; ending++) {
    merged.length = 0
    for (let at = hitStarts[ending] ?? 0; at < (hitStarts[ending + 1] ?? 0); at++) {
      const pairs = outputs[hits[at] ?? 0] ?? []
      for (let pair = 0; pair < pairs.length; pair += 2)
        addMask(merged, pairs[pair] ?? 0, pairs[pair + 1] ?? 0)
    }
    for (let pair = 0; pair < merged.length; pair += 2) {
      words.push(merged[pair] ?? 0)
      masks.push(merged[pair + 1] ?? 0)
    }
    start[ending + 1] = words.length
  }
  return { start, word: Int32Array.from(words), mask: Int32Array.from(masks) }
}

/** Bytes a table may have: 65,536 states of 64 classes, so that its entries have 16 bits. */
const maxTableBytes = 8_388_608
/** Classes of bytes that are told apart; the rarest share one, which at most makes a candidate too many. */
const maxClasses = 64

/**
 * The automaton of the literals that links look for. With so many that the table would be too large, their beginnings
 * are looked for instead: that, too, only makes candidates.
 */
function fittingAutomaton(outputs: LiteralOutputs): { automaton: Automaton; outputs: LiteralOutputs } {
  let scanned = outputs
  for (let length = maxScannedLiteral; ; length >>= 1) {
    try {
      const automaton = buildAutomaton([...scanned.keys()], {
        ignoreCase: true,
        maxClasses,
        limits: { maxTableBytes },
      })
      return { automaton, outputs: scanned }
    } catch (error) {
      if (!(error instanceof LiteralsError) || error.code !== 'LITERALS_LIMIT' || length < 2) throw error
      scanned = beginnings(scanned, length >> 1)
    }
  }
}

function beginnings(outputs: LiteralOutputs, length: number): LiteralOutputs {
  const cut: LiteralOutputs = new Map()
  for (const [literal, pairs] of outputs)
    for (let at = 0; at < pairs.length; at += 2)
      addOutput(cut, literal.slice(0, length), { word: pairs[at] ?? 0, mask: pairs[at + 1] ?? 0 })
  return cut
}
