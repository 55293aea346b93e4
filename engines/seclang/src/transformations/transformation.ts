/** A pure function over byte strings (one character a byte), named as in `t:name`. */
export interface Transformation {
  readonly name: string
  /** The transformed value; the very same string when nothing changes, so that callers can compare by identity. */
  apply(input: string): string
}
