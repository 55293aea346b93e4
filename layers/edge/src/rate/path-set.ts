/** Paths, exact or ending in `*`, compared with `routePath`. Empty: none unless the caller says otherwise. */
export class PathSet {
  readonly size: number
  private readonly exact = new Set<string>()
  private readonly prefixes: string[] = []

  constructor(patterns: readonly string[]) {
    this.size = patterns.length
    for (const pattern of patterns) {
      const lower = pattern.toLowerCase()
      if (lower.endsWith('*')) {
        this.prefixes.push(lower.slice(0, -1))
        // /api/* also means /api itself.
        if (lower.endsWith('/*') && lower.length > 2) this.exact.add(lower.slice(0, -2))
      } else this.exact.add(lower.length > 1 && lower.endsWith('/') ? lower.slice(0, -1) : lower)
    }
  }

  /** @param path as `routePath` gives it. */
  has(path: string): boolean {
    if (this.exact.has(path)) return true
    for (const prefix of this.prefixes) if (path.startsWith(prefix)) return true
    return false
  }
}
