import { z } from 'zod'
import { fileSchema } from '../schema/file.ts'

/** The part of JSON Schema (2020-12) that our schema comes out as. */
export interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly propertyNames?: JsonSchema
  readonly additionalProperties?: JsonSchema | boolean
  readonly anyOf?: readonly JsonSchema[]
  /** Bounds of a duration or a size, in words. */
  readonly range?: string
  /** What a wrong value does to safety. */
  readonly security?: string
  readonly since?: string
}

let made: JsonSchema | undefined

/** JSON Schema of sevenfold.yaml as a person writes it, for editors and for our own documentation. */
export function configJsonSchema(): JsonSchema {
  made ??= {
    $id: 'sevenfold.schema.json',
    title: 'sevenfold.yaml',
    ...(z.toJSONSchema(fileSchema, { io: 'input' }) as JsonSchema),
  } as JsonSchema
  return made
}

/** The schema at a path; undefined when the path leaves it. List places are numbers. */
export function schemaAt(path: readonly PropertyKey[]): JsonSchema | undefined {
  let schema: JsonSchema | undefined = configJsonSchema()
  for (const segment of path) {
    if (schema === undefined) return undefined
    if (typeof segment === 'number') schema = schema.items
    else schema = schema.properties?.[String(segment)] ?? mapMember(schema)
  }
  return schema
}

function mapMember(schema: JsonSchema): JsonSchema | undefined {
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
}

/** Keys that a map may have. */
export function keysOf(schema: JsonSchema | undefined): readonly string[] {
  if (schema === undefined) return []
  const named = (schema.propertyNames?.enum ?? []).filter((key): key is string => typeof key === 'string')
  return [...Object.keys(schema.properties ?? {}), ...named]
}

/** Every path of the schema, such as `edge.limits.headerSize` and `sites[].name`, with its schema. */
export function* everyOption(
  schema: JsonSchema = configJsonSchema(),
  prefix = '',
): Generator<{ readonly path: string; readonly schema: JsonSchema; readonly required: boolean }> {
  for (const [key, member] of Object.entries(schema.properties ?? {})) {
    const path = prefix === '' ? key : `${prefix}.${key}`
    yield { path, schema: member, required: schema.required?.includes(key) === true }
    if (member.properties !== undefined) yield* everyOption(member, path)
    if (member.items?.properties !== undefined) yield* everyOption(member.items, `${path}[]`)
  }
}
