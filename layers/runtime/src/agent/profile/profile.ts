/** What a profile speaks about. */
export type UseKind = 'statements' | 'programs' | 'folders' | 'hosts'

const kinds: readonly UseKind[] = ['statements', 'programs', 'folders', 'hosts']

/** Places of one kind, and values of one place, that a profile holds. */
export const maxSites = 2_000
export const maxValues = 64
/** A place with more values than this builds them as it goes; nothing new there is a surprise. */
export const maxExpected = 8
const maxProfileBytes = 8_388_608

type Uses = Map<string, Set<string>>

/**
 * What each place in an application did while it served requests: shapes of statements, programs and their options,
 * folders, hosts. A place is up to three lines of the application's own code on the way to the call.
 */
export class Profile {
  readonly #uses: Readonly<Record<UseKind, Uses>> = {
    statements: new Map(),
    programs: new Map(),
    folders: new Map(),
    hosts: new Map(),
  }

  /** Adds a use; false when it was there or there is no room. */
  add(kind: UseKind, site: string, value: string): boolean {
    const uses = this.#uses[kind]
    let values = uses.get(site)
    if (values === undefined) {
      if (uses.size >= maxSites) return false
      values = new Set()
      uses.set(site, values)
    }
    if (values.has(value) || values.size >= maxValues) return false
    values.add(value)
    return true
  }

  /** What a place did; undefined for a place that never did anything of the kind. */
  valuesAt(kind: UseKind, site: string): ReadonlySet<string> | undefined {
    return this.#uses[kind].get(site)
  }

  /** True when some place did this. */
  isUsed(kind: UseKind, value: string): boolean {
    for (const values of this.#uses[kind].values()) if (values.has(value)) return true
    return false
  }

  /** Places of a kind. */
  size(kind: UseKind): number {
    return this.#uses[kind].size
  }

  /** The file's text: sorted, so that two versions can be compared line by line. */
  toText(): string {
    const sections = kinds.map((kind) => [
      kind,
      Object.fromEntries(
        [...this.#uses[kind]]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([site, values]) => [site, [...values].toSorted()]),
      ),
    ])
    return `${JSON.stringify({ version: 1, ...Object.fromEntries(sections) }, undefined, 2)}\n`
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads a profile's file. Throws an `Error` that says what is wrong with it. */
export function parseProfile(text: string, parse: (text: string) => unknown = JSON.parse): Profile {
  if (text.length > maxProfileBytes)
    throw new Error(`a profile is at most ${maxProfileBytes} characters long`)
  const value = parse(text)
  if (!isObject(value) || value['version'] !== 1) throw new Error('a profile is an object with "version": 1')
  const profile = new Profile()
  for (const [key, sites] of Object.entries(value)) {
    if (key === 'version') continue
    const kind = kinds.find((name) => name === key)
    if (kind === undefined || !isObject(sites))
      throw new Error(`a profile has no section ${JSON.stringify(key)}`)
    for (const [site, values] of Object.entries(sites)) {
      if (!Array.isArray(values)) throw new Error(`${kind}: ${JSON.stringify(site)} is no list`)
      for (const one of values) {
        if (typeof one !== 'string')
          throw new Error(`${kind}: ${JSON.stringify(site)} holds something else than texts`)
        profile.add(kind, site, one)
      }
    }
  }
  return profile
}
