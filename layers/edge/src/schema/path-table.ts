/** A path template that fits a path, with the values of its parameters. */
export interface PathMatch<T> {
  readonly entry: T
  readonly values: Readonly<Record<string, string>>
}

interface Template<T> {
  readonly segments: readonly (string | RegExp)[]
  readonly names: readonly (readonly string[])[]
  readonly literals: number
  readonly entry: T
}

const place = /\{([^{}]+)\}/g

/** A segment with parameters as an expression without nested repetition: linear whatever it is given. */
function segmentOf(text: string): string | RegExp {
  if (!text.includes('{')) return text
  const parts = text.split(place).filter((_, index) => index % 2 === 0)
  return new RegExp(
    `^${parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('(.+?)')}$`,
    's',
  )
}

function decoded(segment: string): string | null {
  try {
    const text = decodeURIComponent(segment)
    // Another reader could take it for two segments.
    return text.includes('/') || text.includes('\\') ? null : text
  } catch {
    return null
  }
}

/** Finds the template of a path; literal segments win over parameters (OpenAPI 3.1, section 4.8.8.1). */
export class PathTable<T> {
  private readonly byLength = new Map<number, Template<T>[]>()

  add(template: string, entry: T): void {
    const texts = template.split('/').slice(1)
    const list = this.byLength.get(texts.length) ?? []
    this.byLength.set(texts.length, list)
    list.push({
      segments: texts.map(segmentOf),
      names: texts.map((text) => Array.from(text.matchAll(place), ([, name = '']) => name)),
      literals: texts.filter((text) => !text.includes('{')).length,
      entry,
    })
    list.sort((a, b) => b.literals - a.literals)
  }

  /** @param path of a request target, as sent. */
  find(path: string): PathMatch<T> | null {
    const given: string[] = []
    for (const segment of path.split('/').slice(1)) {
      const text = decoded(segment)
      if (text === null || text === '.' || text === '..') return null
      given.push(text)
    }
    for (const template of this.byLength.get(given.length) ?? []) {
      const values = matchAll(template, given)
      if (values !== null) return { entry: template.entry, values }
    }
    return null
  }
}

function matchAll<T>(
  { segments, names }: Template<T>,
  given: readonly string[],
): Record<string, string> | null {
  const values: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [index, segment] of segments.entries()) {
    const text = given[index] ?? ''
    if (typeof segment === 'string') {
      if (segment !== text) return null
      continue
    }
    const match = segment.exec(text)
    if (match === null) return null
    for (const [at, name] of (names[index] ?? []).entries()) values[name] = match[at + 1] ?? ''
  }
  return values
}
