/** Bounds of one YAML text. Passing any of them is an error with a position, never a crash or a slow answer. */
export interface YamlLimits {
  /** UTF-8 bytes of the whole text. */
  readonly maxBytes: number
  /** Nested maps and lists. */
  readonly maxDepth: number
  /** Values of all documents, counted after aliases are replaced: the answer to "billion laughs". */
  readonly maxNodes: number
  /** Documents in one text. */
  readonly maxDocuments: number
}

/** Ample for a configuration written by hand; rule collections pass their own. */
export const yamlLimits: YamlLimits = {
  maxBytes: 1024 * 1024,
  maxDepth: 32,
  maxNodes: 50_000,
  maxDocuments: 1,
}

/** Errors reported of one text; the rest is noise that follows from the first. */
export const maxYamlErrors = 50

/**
 * How plain scalars are read: `typed` as the core schema says (`5` is a number), `text` all as they stand in the
 * source, for formats whose values must not change on the way (`0x10`, `1.0`, `null` as words).
 */
export type YamlScalars = 'typed' | 'text'
