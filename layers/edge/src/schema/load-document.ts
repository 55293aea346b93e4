import { readFileSync } from 'node:fs'
import { isJsonObject } from '@sevenfold/event'
import { parseYaml } from '@sevenfold/yaml'
import { EdgeError } from '../edge-error.ts'

/** An OpenAPI document that was read. */
export interface OpenapiDocument {
  readonly version: '3.0' | '3.1'
  /** The document, with the schemas of 3.0 in the words of JSON Schema. */
  readonly root: Readonly<Record<string, unknown>>
}

/** Bounds of a document. */
export const documentLimits = {
  maxBytes: 4_194_304,
  maxDepth: 64,
  maxNodes: 200_000,
  maxDocuments: 1,
} as const

function wrong(path: string, what: string): EdgeError {
  return new EdgeError('EDGE_CONFIG_INVALID', `schema ${path}: ${what}`)
}

/** `nullable` and boolean `exclusiveMinimum` of OpenAPI 3.0 as JSON Schema says them. */
function modern(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(modern)
  if (!isJsonObject(node)) return node
  const made: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(node)) {
    // A property may be called __proto__; assignment would set the prototype.
    Object.defineProperty(made, key, {
      value: modern(value),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  if (made['nullable'] === true && typeof made['type'] === 'string') {
    made['type'] = [made['type'], 'null']
    if (Array.isArray(made['enum']) && !made['enum'].includes(null)) made['enum'] = [...made['enum'], null]
  }
  if (typeof made['nullable'] === 'boolean') delete made['nullable']
  for (const [limit, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    if (typeof made[exclusive] !== 'boolean') continue
    if (made[exclusive] === true && typeof made[limit] === 'number') {
      made[exclusive] = made[limit]
      delete made[limit]
    } else delete made[exclusive]
  }
  return made
}

/** References lead into the document itself: nothing is fetched, no other file is read. */
function checkReferences(node: unknown, path: string): void {
  if (Array.isArray(node)) for (const entry of node) checkReferences(entry, path)
  if (!isJsonObject(node)) return
  const reference = node['$ref']
  if (typeof reference === 'string' && !reference.startsWith('#/')) {
    throw wrong(path, `a reference leads out of the document: ${reference.slice(0, 100)}`)
  }
  for (const value of Object.values(node)) checkReferences(value, path)
}

/**
 * Reads the text of a document, YAML or JSON.
 * @throws EdgeError EDGE_CONFIG_INVALID.
 */
export function parseDocument(text: string, path: string): OpenapiDocument {
  const { value, errors } = parseYaml(text, documentLimits)
  const [error] = errors
  if (error !== undefined) throw wrong(path, error.message)
  if (!isJsonObject(value)) throw wrong(path, 'no OpenAPI document')
  const version = /^3\.([01])\.\d+$/.exec(typeof value['openapi'] === 'string' ? value['openapi'] : '')?.[1]
  if (version === undefined) throw wrong(path, 'openapi must be 3.0.x or 3.1.x')
  if (!isJsonObject(value['paths'])) throw wrong(path, 'no paths')
  checkReferences(value, path)
  const root = version === '0' ? modern(value) : value
  if (!isJsonObject(root)) throw wrong(path, 'no OpenAPI document')
  return { version: version === '0' ? '3.0' : '3.1', root }
}

/** Reads a document from disk. @throws EdgeError EDGE_CONFIG_INVALID. */
export function readDocument(path: string): OpenapiDocument {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw wrong(path, error instanceof Error ? error.message : String(error))
  }
  return parseDocument(text, path)
}
