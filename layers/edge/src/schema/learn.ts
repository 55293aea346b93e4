/** One request that was answered well, as its access event tells it. */
export interface ObservedRequest {
  readonly method: string
  readonly path: string
  /** Query without `?`; secrets in it are hashed already. */
  readonly query: string
}

/** Most paths that are told apart. */
export const maxLearnedPaths = 5000
/** Different values of one segment from which it is a parameter. */
export const manyValues = 20

interface Segment {
  readonly children: Map<string, Segment>
  readonly operations: Map<string, Operation>
}

interface Operation {
  count: number
  readonly parameters: Map<string, { count: number; readonly values: Set<string>; repeated: boolean }>
}

const idForms: readonly (readonly [RegExp, Readonly<Record<string, unknown>>])[] = [
  [/^\d{1,18}$/, { type: 'integer', minimum: 0 }],
  [/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i, { type: 'string', format: 'uuid' }],
  [/^\d{4}-\d{2}-\d{2}$/, { type: 'string', format: 'date' }],
  [/^[0-9a-f]{16,64}$/i, { type: 'string', pattern: '^[0-9a-fA-F]{16,64}$' }],
]

const uncacheable = 50

function segment(): Segment {
  return { children: new Map(), operations: new Map() }
}

function schemaOf(values: readonly string[]): Readonly<Record<string, unknown>> {
  for (const [form, schema] of idForms) if (values.every((value) => form.test(value))) return schema
  if (values.every((value) => value === 'true' || value === 'false')) return { type: 'boolean' }
  if (values.every((value) => /^-?\d+(?:\.\d+)?$/.test(value))) return { type: 'number' }
  const longest = Math.max(...values.map(({ length }) => length), 1)
  return { type: 'string', maxLength: Math.max(32, 2 ** Math.ceil(Math.log2(longest * 2))) }
}

/** Learns what requests look like from those that were answered well. */
export class SchemaLearner {
  private readonly root = segment()
  private paths = 0
  /** Requests that were taken in. */
  seen = 0
  /** Requests that were left out because there were too many different paths. */
  dropped = 0

  add({ method, path, query }: ObservedRequest): void {
    const operation = this.operation(method, path)
    if (operation === null) {
      this.dropped += 1
      return
    }
    this.seen += 1
    operation.count += 1
    const names = new Set<string>()
    for (const [name, value] of new URLSearchParams(query)) {
      const known = operation.parameters.get(name) ?? { count: 0, values: new Set<string>(), repeated: false }
      if (operation.parameters.size >= uncacheable && !operation.parameters.has(name)) continue
      operation.parameters.set(name, known)
      if (names.has(name)) known.repeated = true
      else known.count += 1
      names.add(name)
      if (known.values.size < uncacheable) known.values.add(value)
    }
  }

  /** The document: OpenAPI 3.1, a draft for a person to read. */
  document(title: string): Readonly<Record<string, unknown>> {
    const paths: Record<string, unknown> = {}
    this.write(this.root, { path: '', parameters: [] }, paths)
    return { openapi: '3.1.0', info: { title, version: 'draft' }, paths }
  }

  private operation(method: string, path: string): Operation | null {
    let at = this.root
    for (const text of path.split('/').slice(1, 33)) {
      let child = at.children.get(text)
      if (child === undefined) {
        if (this.paths >= maxLearnedPaths) return null
        this.paths += 1
        child = segment()
        at.children.set(text, child)
      }
      at = child
    }
    const known = at.operations.get(method) ?? { count: 0, parameters: new Map() }
    at.operations.set(method, known)
    return known
  }

  private write(at: Segment, place: Place, paths: Record<string, unknown>): void {
    if (at.operations.size > 0) paths[place.path === '' ? '/' : place.path] = item(at, place)
    const { fixed, variable } = split(at)
    for (const [text, child] of fixed) this.write(child, { ...place, path: `${place.path}/${text}` }, paths)
    if (variable.length === 0) return
    const name = place.parameters.length === 0 ? 'id' : `id${place.parameters.length + 1}`
    const schema = schemaOf(variable.map(([text]) => text))
    const parameters = [...place.parameters, { name, in: 'path', required: true, schema }]
    this.write(
      merged(variable.map(([, child]) => child)),
      { path: `${place.path}/{${name}}`, parameters },
      paths,
    )
  }
}

interface Place {
  readonly path: string
  readonly parameters: readonly unknown[]
}

/** Segments that stand for themselves, and those that are values of one parameter. */
function split({ children }: Segment): {
  readonly fixed: readonly (readonly [string, Segment])[]
  readonly variable: readonly (readonly [string, Segment])[]
} {
  const isId = (text: string): boolean => idForms.some(([form]) => form.test(text))
  const all = [...children]
  const words = all.filter(([text]) => !isId(text))
  if (words.length > manyValues) return { fixed: [], variable: all }
  return { fixed: words, variable: all.filter(([text]) => isId(text)) }
}

function merged(list: readonly Segment[]): Segment {
  const whole = segment()
  for (const { children, operations } of list) {
    for (const [text, child] of children) {
      const known = whole.children.get(text)
      whole.children.set(text, known === undefined ? child : merged([known, child]))
    }
    for (const [method, { count, parameters }] of operations) {
      const known = whole.operations.get(method) ?? { count: 0, parameters: new Map() }
      known.count += count
      for (const [name, more] of parameters) {
        const own = known.parameters.get(name) ?? { count: 0, values: new Set<string>(), repeated: false }
        own.count += more.count
        own.repeated ||= more.repeated
        for (const value of more.values) if (own.values.size < uncacheable) own.values.add(value)
        known.parameters.set(name, own)
      }
      whole.operations.set(method, known)
    }
  }
  return whole
}

function item({ operations }: Segment, { parameters }: Place): Readonly<Record<string, unknown>> {
  const made: Record<string, unknown> = parameters.length === 0 ? {} : { parameters }
  for (const [method, { count, parameters: query }] of operations) {
    const list = Array.from(query, ([name, { count: came, values, repeated }]) => {
      // A hashed secret says nothing of its form.
      const shown = [...values].filter((value) => !value.startsWith('hmac:'))
      const one = shown.length === 0 ? { type: 'string' } : schemaOf(shown)
      const schema = repeated ? { type: 'array', maxItems: 32, items: one } : one
      return { name, in: 'query', ...(came === count && count > 1 ? { required: true } : {}), schema }
    })
    made[method.toLowerCase()] = {
      ...(list.length === 0 ? {} : { parameters: list }),
      responses: { default: { description: `seen ${count} times` } },
    }
  }
  return made
}
