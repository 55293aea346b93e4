import type { PatternNeeds } from '@sevenfold/literals'

/** Shorter literals would make the steps too small. */
const shortestLiteral = 4
/** Longest beginning of literals that steps are made by: they are at most one less. */
const longestWindow = 24
const codes = 128
const codeBits = 7

/** Lower case of ASCII; other characters stand for none. */
const folded: Uint8Array = Uint8Array.from({ length: codes }, (_, code) =>
  code >= 65 && code <= 90 ? code + 32 : code,
)

/**
 * Says of most texts that none of several patterns can match, without reading all of their characters: each pattern
 * needs one of its literals, and no literal begins where two characters stand that none has there (Wu, Manber, "A fast
 * algorithm for multi-pattern searching", 1994). Ignores ASCII case.
 */
export class LiteralSkip {
  readonly #window: number
  /** By two characters that end a window: how far the next window may be. */
  readonly #steps: Uint8Array
  /** Literals by the two characters that end their window. */
  readonly #endings: ReadonlyMap<number, readonly string[]>

  private constructor(literals: readonly string[]) {
    const window = Math.min(longestWindow, ...literals.map(({ length }) => length))
    const endings = new Map<number, string[]>()
    this.#window = window
    this.#steps = new Uint8Array(codes * codes).fill(window - 1)
    for (const literal of literals) {
      for (let end = 1; end < window; end++) {
        const pair = pairAt(literal, end)
        this.#steps[pair] = Math.min(this.#steps[pair] ?? 0, window - 1 - end)
      }
      const last = pairAt(literal, window - 1)
      endings.set(last, [...(endings.get(last) ?? []), literal])
    }
    this.#endings = endings
  }

  /** Undefined where some pattern needs no literal that is long enough. */
  static of(needs: readonly PatternNeeds[]): LiteralSkip | undefined {
    const literals = needs.map(({ clauses }) => bestOf(clauses))
    return needs.length === 0 || literals.includes(undefined)
      ? undefined
      : new LiteralSkip(literals.flatMap((clause) => clause ?? []))
  }

  /** False when none of the patterns can match. Hot: runs on each line. */
  canContain(text: string): boolean {
    const window = this.#window
    const steps = this.#steps
    for (let end = window - 1; end < text.length;) {
      const [before, last] = [text.charCodeAt(end - 1), text.charCodeAt(end)]
      const pair = ((folded[before] ?? 0) << codeBits) | (folded[last] ?? 0)
      const step = steps[pair] ?? 1
      if (step > 0) {
        end += step
        continue
      }
      if (this.#begins(text, end - window + 1, pair)) return true
      end += 1
    }
    return false
  }

  #begins(text: string, at: number, pair: number): boolean {
    const literals = this.#endings.get(pair) ?? []
    return literals.some((literal) => text.slice(at, at + literal.length).toLowerCase() === literal)
  }
}

/** Number of the two characters of a text that end at a place. */
function pairAt(text: string, end: number): number {
  return ((folded[text.charCodeAt(end - 1)] ?? 0) << codeBits) | (folded[text.charCodeAt(end)] ?? 0)
}

/** The literals of the clause whose shortest is longest; undefined where all clauses have short ones or other letters. */
function bestOf(clauses: PatternNeeds['clauses']): readonly string[] | undefined {
  let best: readonly string[] | undefined
  let most = shortestLiteral - 1
  for (const clause of clauses) {
    const shortest = Math.min(...clause.map(({ length }) => length))
    if (shortest <= most || clause.length === 0 || !clause.every(isAscii)) continue
    most = shortest
    best = clause.map((literal) => literal.toLowerCase())
  }
  return best
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= codes) return false
  return true
}
