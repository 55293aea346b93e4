import type { MultipartBody } from './multipart.ts'
import type { Pairs } from './pairs.ts'
import type { XmlDocument } from './xml-document.ts'

/** What a body processor found. */
export interface BodyResult {
  /** Arguments of the body; kept up to the fault when there is one. */
  readonly args: Pairs
  /** Why the body is broken, or null. */
  readonly error: string | null
  /** A sequence that is no valid `%HH` was seen. */
  readonly urlEncodedError: boolean
  readonly multipart: MultipartBody | null
  readonly xml: XmlDocument | null
}

/** Limits that all processors keep. */
export interface BodyLimits {
  /** Most arguments. */
  readonly maxArguments: number
  /** Deepest nesting of JSON, XML and GraphQL. */
  readonly maxDepth: number
}

/** A result without findings. */
export function bodyResult(args: Pairs, error: string | null): BodyResult {
  return { args, error, urlEncodedError: false, multipart: null, xml: null }
}

/**
 * A body being read in pieces: a large one must not keep other requests waiting. Pieces of any size come to the same
 * result as the whole.
 */
export interface BodyReader {
  /** Reads on for about so many bytes, at least some; the result once the end or a fault is reached, else null. */
  readOn(bytes: number): BodyResult | null
}

/** Reads a body to its end. */
export function readWhole(reader: BodyReader): BodyResult {
  for (;;) {
    const result = reader.readOn(Infinity)
    if (result !== null) return result
  }
}
