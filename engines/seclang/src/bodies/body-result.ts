import type { MultipartBody } from './multipart.ts'
import type { Pairs } from './pairs.ts'
import type { XmlElement } from './xml-tree.ts'

/** What a body processor found. */
export interface BodyResult {
  /** Arguments of the body; kept up to the fault when there is one. */
  readonly args: Pairs
  /** Why the body is broken, or null. */
  readonly error: string | null
  /** A sequence that is no valid `%HH` was seen. */
  readonly urlEncodedError: boolean
  readonly multipart: MultipartBody | null
  readonly xml: XmlElement | null
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
