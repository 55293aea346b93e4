import type { IntakeLine } from '../line-splitter.ts'

/** How lines are joined. */
export interface JoinOptions {
  /** Whether a line begins a new entry; all others belong to the entry before. */
  readonly isBegin: (text: string) => boolean
  /** Most lines of one entry; default 500. */
  readonly maxLines?: number
  /** Longest entry in UTF-16 units, beyond which its rest is dropped; default 65,536. */
  readonly maxLength?: number
}

/** Joins lines of one entry, such as a stack trace, with `\n` between. The entry that may go on is held until the next begins. */
export class LineJoiner {
  readonly #options: Required<JoinOptions>
  #held: string[] = []
  #length = 0
  #bytes = 0
  #isCut = false

  constructor({ isBegin, maxLines = 500, maxLength = 65_536 }: JoinOptions) {
    this.#options = { isBegin, maxLines, maxLength }
  }

  /** Bytes of the lines that are held. */
  get heldBytes(): number {
    return this.#bytes
  }

  /** Entries that are complete after these lines. */
  push(lines: readonly IntakeLine[]): IntakeLine[] {
    const { isBegin, maxLines } = this.#options
    const entries: IntakeLine[] = []
    for (const line of lines) {
      const isNew = this.#held.length === 0 || this.#held.length >= maxLines || isBegin(line.text)
      if (isNew) entries.push(...this.flush())
      this.#keep(line)
    }
    return entries
  }

  /** The entry that is held, where nothing more came for a while. */
  flush(): IntakeLine[] {
    if (this.#held.length === 0) return []
    const entry = { text: this.#held.join('\n'), truncated: this.#isCut, bytes: this.#bytes }
    this.reset()
    return [entry]
  }

  /** Forgets what is held. */
  reset(): void {
    this.#held = []
    this.#length = 0
    this.#bytes = 0
    this.#isCut = false
  }

  #keep({ text, truncated, bytes }: IntakeLine): void {
    const room = Math.max(0, this.#options.maxLength - this.#length)
    this.#held.push(text.slice(0, room))
    this.#length += Math.min(room, text.length) + 1
    this.#bytes += bytes
    this.#isCut ||= truncated || text.length > room
  }
}
