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
/** For languages in which a few characters do harm, and where the judge asks for those characters. */
const leastShareOfShort = 0.5
const leastGramsOfShort = 2

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

interface Pieces {
  readonly text: string
  readonly places: ReadonlyMap<string, number[]>
  readonly least: { readonly share: number; readonly grams: number }
}

function partZones({ text, places, least }: Pieces, input: string, zones: Zone[]): void {
  const total = input.length - gram + 1
  if (total < least.grams) return
  const covered = new Uint8Array(text.length)
  let found = 0
  for (let i = 0; i < total; i += 1) {
    const at = places.get(input.slice(i, i + gram))
    if (at === undefined) continue
    found += 1
    for (const start of at) covered.fill(1, start, start + gram)
  }
  if (found < least.grams || found / total < least.share) return
  for (let i = 0; i < text.length; i += 1) {
    if (covered[i] === 0) continue
    const start = i
    while (i < text.length && covered[i] === 1) i += 1
    zones.push({ start, end: i, isWhole: false, input })
  }
}

/** Where inputs stand whole in a text. */
export function findWholeZones(text: string, inputs: Iterable<string>): readonly Zone[] {
  const zones: Zone[] = []
  for (const input of inputs) if (input.length <= text.length) wholeZones(text, input, zones)
  return zones
}

/** Longest argument in which split inputs are looked for; whole ones are found in any. */
const maxPartsLength = 20_000

/** How inputs are looked for. */
export interface ZoneOptions {
  /** Look for pieces of inputs too that stand whole elsewhere: a template's source beside what it was compiled to. */
  readonly partsOfAll?: boolean
  /** Look for pieces of short inputs. */
  readonly isShortEnough?: boolean
}

function withoutZones(text: string, zones: readonly Zone[]): string {
  let rest = text
  for (const { start, end } of zones) rest = rest.slice(0, start) + '\0'.repeat(end - start) + rest.slice(end)
  return rest
}

/** Where inputs stand in a text: whole, or in pieces where no whole one is found. */
export function findZones(
  text: string,
  inputs: Iterable<string>,
  options: ZoneOptions = {},
): readonly Zone[] {
  const zones: Zone[] = []
  const missing: string[] = []
  for (const input of inputs) {
    if (!canHarm(input)) continue
    const before = zones.length
    if (input.length <= text.length) wholeZones(text, input, zones)
    if (zones.length === before || options.partsOfAll === true) missing.push(input)
  }
  if (missing.length === 0 || text.length > maxPartsLength) return zones
  const isShort = options.isShortEnough === true
  let pieces: Pieces | undefined
  for (const input of missing) {
    const total = input.length - gram + 1
    if (total < (isShort ? leastGramsOfShort : leastGrams) || input.length > 4 * text.length) continue
    const rest = zones.length === 0 || options.partsOfAll !== true ? text : withoutZones(text, zones)
    pieces ??= {
      text: rest,
      places: gramsOf(rest),
      least: { share: leastShare, grams: leastGrams },
    }
    const least =
      isShort && total < 2 * leastGrams
        ? { share: leastShareOfShort, grams: leastGramsOfShort }
        : pieces.least
    partZones({ ...pieces, least }, input, zones)
  }
  return zones
}
