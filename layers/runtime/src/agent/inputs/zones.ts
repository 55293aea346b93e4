/** A part of a sink's argument that came from outside. */
export interface Zone {
  readonly start: number
  /** Exclusive. */
  readonly end: number
  /** The input stands there whole; otherwise only most of its pieces do (it was split, stripped or replaced). */
  readonly isWhole: boolean
  readonly input: string
}

const gram = 4
/** Places of one input that are looked at. */
const maxPlaces = 8
/** Share of an input's pieces that must be found, and their least number. */
const leastShare = 0.35
const leastGrams = 4

// Words and numbers alone cannot change the meaning of a statement.
const harmless = /^[A-Za-z0-9_]*$/

/** True when an input could change the meaning of what it is put into. */
export function canHarm(text: string): boolean {
  return text.length > 1 && !harmless.test(text)
}

function wholeZones(text: string, input: string, zones: Zone[]): void {
  let from = 0
  for (let places = 0; places < maxPlaces; places += 1) {
    const start = text.indexOf(input, from)
    if (start < 0) return
    zones.push({ start, end: start + input.length, isWhole: true, input })
    from = start + 1
  }
}

function gramsOf(text: string): Map<string, number[]> {
  const places = new Map<string, number[]>()
  for (let i = 0; i + gram <= text.length; i += 1) {
    const piece = text.slice(i, i + gram)
    const known = places.get(piece)
    if (known === undefined) places.set(piece, [i])
    else if (known.length < maxPlaces) known.push(i)
  }
  return places
}

function partZones(text: string, input: string, places: ReadonlyMap<string, number[]>, zones: Zone[]): void {
  const total = input.length - gram + 1
  if (total < leastGrams) return
  const covered = new Uint8Array(text.length)
  let found = 0
  for (let i = 0; i < total; i += 1) {
    const at = places.get(input.slice(i, i + gram))
    if (at === undefined) continue
    found += 1
    for (const start of at) covered.fill(1, start, start + gram)
  }
  if (found < leastGrams || found / total < leastShare) return
  for (let i = 0; i < text.length; i += 1) {
    if (covered[i] === 0) continue
    const start = i
    while (i < text.length && covered[i] === 1) i += 1
    zones.push({ start, end: i, isWhole: false, input })
  }
}

/** Longest argument in which split inputs are looked for; whole ones are found in any. */
const maxPartsLength = 20_000

/** Where inputs stand in a text: whole, or in pieces where no whole one is found. */
export function findZones(text: string, inputs: Iterable<string>): readonly Zone[] {
  const zones: Zone[] = []
  const missing: string[] = []
  for (const input of inputs) {
    if (!canHarm(input)) continue
    const before = zones.length
    if (input.length <= text.length) wholeZones(text, input, zones)
    if (zones.length === before) missing.push(input)
  }
  if (missing.length === 0 || text.length > maxPartsLength) return zones
  let places: Map<string, number[]> | undefined
  for (const input of missing) {
    if (input.length < gram + leastGrams - 1 || input.length > 4 * text.length) continue
    places ??= gramsOf(text)
    partZones(text, input, places, zones)
  }
  return zones
}
