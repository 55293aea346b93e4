import { buildDocument } from './build.ts'
import { compose } from './compose.ts'
import { yamlLimits } from './limits.ts'
import type { YamlLimits, YamlScalars } from './limits.ts'
import { locate } from './locate.ts'
import type { YamlPath } from './locate.ts'
import type { YamlError, YamlPosition } from './yaml-error.ts'

/** One document as plain values with positions. */
export interface ParsedYaml {
  /**
   * Maps without prototype, arrays, strings, numbers, booleans, null. Undefined whenever `errors` is not empty;
   * null for an empty document.
   */
  readonly value: unknown
  readonly errors: readonly YamlError[]
  /**
   * Where a value stands, or with `'key'` where its key stands. For a path that does not exist: the nearest
   * key above it that does.
   */
  at(path: YamlPath, what?: 'key' | 'value'): YamlPosition
}

function failed(error: YamlError): ParsedYaml {
  return { value: undefined, errors: [error], at: () => ({ line: error.line, column: error.column }) }
}

/**
 * Reads YAML 1.2 (core schema) as a stream of documents. `yes`, `on` and dates stay text; `<<` is a key like any
 * other. Never throws; a text over a limit gives one document with one error.
 */
export function parseYamlStream(
  text: string,
  limits: YamlLimits = yamlLimits,
  scalars: YamlScalars = 'typed',
): readonly ParsedYaml[] {
  const composed = compose(text, limits, scalars)
  if (composed.error !== undefined) return [failed(composed.error)]
  let nodes = 0
  return composed.documents.map((document) => {
    const built = buildDocument(document, { limits, position: composed.position, nodes })
    nodes = built.nodes
    return {
      value: built.value,
      errors: built.errors,
      at: (path: YamlPath, what: 'key' | 'value' = 'value') =>
        composed.position(locate(document, path, what)),
    }
  })
}

/** Reads exactly one YAML document; several are an error, none is null. Otherwise as `parseYamlStream`. */
export function parseYaml(
  text: string,
  limits: YamlLimits = yamlLimits,
  scalars: YamlScalars = 'typed',
): ParsedYaml {
  const [document] = parseYamlStream(text, { ...limits, maxDocuments: 1 }, scalars)
  return document ?? { value: null, errors: [], at: () => ({ line: 1, column: 1 }) }
}
