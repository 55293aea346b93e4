/** Suspicious inputs that are remembered across requests. */
const maxStored = 300
/** Texts with markup that runs a script. */
const maxMarkup = 100
const maxLength = 4_096

// Quotes, comments, shell and template marks: ordinary names and words are not remembered.
const suspicious = /['"`;|&$<>\\]|--|\/\*|\.\.\//

/**
 * Suspicious inputs of earlier requests: what was stored then may reach a statement now (second-order injection).
 * The oldest is forgotten first.
 */
export class StoredInputs {
  readonly #texts = new Set<string>()
  readonly #markup = new Set<string>()

  /** Remembers an input if it could do harm later. */
  remember(text: string): void {
    if (text.length < 4 || text.length > maxLength || !suspicious.test(text) || this.#texts.has(text)) return
    this.#texts.add(text)
    if (this.#texts.size <= maxStored) return
    const oldest = this.#texts.values().next()
    if (oldest.done !== true) this.#texts.delete(oldest.value)
  }

  /** Remembers markup that runs a script, to recognise it in later answers. */
  rememberMarkup(text: string): void {
    if (text.length > maxLength || this.#markup.has(text)) return
    this.#markup.add(text)
    if (this.#markup.size <= maxMarkup) return
    const oldest = this.#markup.values().next()
    if (oldest.done !== true) this.#markup.delete(oldest.value)
  }

  /** Markup of earlier requests; nearly always none. */
  markup(): ReadonlySet<string> {
    return this.#markup
  }

  /** All that is remembered. */
  all(): Iterable<string> {
    return this.#texts
  }
}
