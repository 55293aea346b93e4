import type { SiteConfig } from '@sevenfold/config'
import { isJsonObject } from '@sevenfold/event'
import { EdgeError } from '../edge-error.ts'
import { hasBody } from '../http/request-head.ts'
import type { RequestHead } from '../http/request-head.ts'
import { PathSet } from '../rate/path-set.ts'
import { routePath } from '../rate/route-path.ts'
import type { OpenapiDocument } from './load-document.ts'
import { Operation } from './operation.ts'
import type { SchemaFault } from './operation.ts'
import { PathTable } from './path-table.ts'
import { pointerToken, resolveReference } from './resolve-reference.ts'
import { createValidators } from './validator.ts'
import type { Validators } from './validator.ts'

type SchemaConfig = NonNullable<SiteConfig['schema']>
type Operations = ReadonlyMap<string, Operation>

/** Most operations of one document. */
export const maxOperations = 5000

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const

/** What a request is judged against. */
export type SchemaMatch = { readonly operation: Operation } | { readonly fault: SchemaFault } | null

/** The positive model of a site: what requests must look like. */
export class SiteSchema {
  /** Largest body that is checked, bytes. */
  readonly bodySizeBytes: number
  private readonly table: PathTable<Operations>
  private readonly only: PathSet
  private readonly refusesUnknownPaths: boolean
  private readonly base: string

  private constructor(config: SchemaConfig, table: PathTable<Operations>, base: string) {
    this.bodySizeBytes = config.bodySizeBytes
    this.table = table
    this.only = new PathSet(config.only)
    this.refusesUnknownPaths = config.unknownPaths === 'refuse'
    this.base = base
  }

  /** Compiles a document. @throws EdgeError EDGE_CONFIG_INVALID. */
  static async compile(document: OpenapiDocument, config: SchemaConfig): Promise<SiteSchema> {
    const table = new PathTable<Operations>()
    const paths = document.root['paths']
    let count = 0
    try {
      const validators = await createValidators(document)
      for (const [template, value] of Object.entries(isJsonObject(paths) ? paths : {})) {
        const made = operationsOf(template, value, { document, validators, config })
        count += made.size
        if (count > maxOperations) throw new Error(`more than ${maxOperations} operations`)
        table.add(template, made)
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new EdgeError('EDGE_CONFIG_INVALID', `schema ${config.file}: ${why}`, error)
    }
    return new SiteSchema(config, table, basePath(document))
  }

  /** Judges by the head. Null: the document does not speak for this request. */
  judge(head: RequestHead): SchemaMatch {
    const mark = head.target.indexOf('?')
    const path = mark < 0 ? head.target : head.target.slice(0, mark)
    // The paths that the document speaks for are found by the tolerant reading: whatever a service might take for one.
    if (this.only.size > 0 && !this.only.has(routePath(head.target))) return null
    const match = path.startsWith(this.base) ? this.table.find(path.slice(this.base.length)) : null
    if (match === null) {
      const message = 'the path is not described'
      return this.refusesUnknownPaths ? { fault: { rule: 'schema-path', status: 404, message } } : null
    }
    const operation =
      match.entry.get(head.method) ?? (head.method === 'HEAD' ? match.entry.get('GET') : undefined)
    // Browsers ask before they send (CORS); documents seldom describe it.
    if (operation === undefined && head.method === 'OPTIONS') return null
    if (operation === undefined) {
      const allow = [...match.entry.keys()].join(', ')
      return {
        fault: { rule: 'schema-method', status: 405, message: `${head.method} is not described`, allow },
      }
    }
    const fault = operation.judgeHead(head, match.values, hasBody(head))
    return fault === null ? { operation } : { fault }
  }
}

function operationsOf(
  template: string,
  value: unknown,
  how: { document: OpenapiDocument; validators: Validators; config: SchemaConfig },
): Operations {
  const { document, validators, config } = how
  const item = resolveReference(document.root, value, `#/paths/${pointerToken(template)}`)
  const made = new Map<string, Operation>()
  if (item === null || !template.startsWith('/')) return made
  for (const method of methods) {
    if (!isJsonObject(item.value[method])) continue
    const refusesUnknownParameters = config.unknownParameters === 'refuse'
    const source = {
      document,
      validators,
      pointer: item.pointer,
      item: item.value,
      method,
      refusesUnknownParameters,
    }
    made.set(method.toUpperCase(), new Operation(source))
  }
  return made
}

/** Path of the first server, without a slash at its end. */
function basePath({ root }: OpenapiDocument): string {
  const servers = root['servers']
  const first: unknown = Array.isArray(servers) ? servers[0] : null
  const url = isJsonObject(first) && typeof first['url'] === 'string' ? first['url'] : ''
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/[?#].*$/, '')
  return path.includes('{') ? '' : path.replace(/\/$/, '')
}
