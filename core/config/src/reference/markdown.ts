import { configJsonSchema, everyOption } from './json-schema.ts'
import type { JsonSchema } from './json-schema.ts'

function code(text: string): string {
  return `\`${text}\``
}

/** Table cells may hold anything but the bar that ends them. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function patternWords(schema: JsonSchema): string {
  if (schema.pattern?.includes('KiB') === true) return 'size'
  if (schema.pattern?.includes('ms|s|m|h|d') === true) return 'duration'
  return 'text'
}

function typeWords(schema: JsonSchema): string {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const))
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(', ')
  if (schema.anyOf !== undefined) return 'secret: `{ file: PATH }` or `{ env: NAME }`'
  if (schema.type === 'array') {
    return schema.items?.properties === undefined
      ? `list of ${typeWords(schema.items ?? {})}`
      : 'list of maps'
  }
  if (schema.propertyNames !== undefined) {
    const keys = (schema.propertyNames.enum ?? []).map((key) => code(String(key))).join(', ')
    const values =
      typeof schema.additionalProperties === 'object' ? typeWords(schema.additionalProperties) : 'text'
    return `map from ${keys} to ${values}`
  }
  if (schema.type === 'object') return 'map'
  if (schema.type === 'integer') return 'whole number'
  return patternWords(schema)
}

function rangeWords(schema: JsonSchema): string {
  if (schema.range !== undefined) return schema.range
  if (schema.minimum !== undefined && schema.maximum !== undefined)
    return `${schema.minimum} to ${schema.maximum}`
  return ''
}

function defaultWords(schema: JsonSchema, required: boolean): string {
  if (required) return '**required**'
  if (schema.default === undefined) return ''
  if (schema.properties !== undefined) return ''
  return code(typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default))
}

function row(option: { path: string; schema: JsonSchema; required: boolean }): string {
  const { path, schema, required } = option
  const cells = [
    code(path),
    schema.description ?? '',
    typeWords(schema),
    defaultWords(schema, required),
    rangeWords(schema),
    schema.security ?? '',
    schema.since ?? '0.1.0',
  ]
  return `| ${cells.map(cell).join(' | ')} |`
}

const head = `# Configuration

<!-- Made by: sevenfold config schema --format markdown. Do not edit: a test compares. -->

One YAML file, \`sevenfold.yaml\`. Unknown keys are errors, and all problems are reported in one go with file, line
and column: \`sevenfold config check\`. Editors complete and check it with docs/sevenfold.schema.json
(\`# yaml-language-server: $schema=docs/sevenfold.schema.json\` as first line). \`sevenfold config show\` prints what each
part will run with. \`sevenfold init\` writes a first file.

- Durations: \`500ms\`, \`10s\`, \`5m\`, \`4h\`, \`30d\`. Sizes: \`512B\`, \`16KiB\`, \`8MiB\`, \`2GiB\`.
- Relative paths count from the folder of the file.
- Secrets never stand in the file: where one is needed, the value is \`{ file: PATH }\` (readable by its owner alone) or
  \`{ env: NAME }\`.
- \`sevenfold up\` compiles the file for each part to \`<data>/<part>/config.json\`. A part keeps what it has started with
  as \`config.last-good.json\` and starts from that when the current one cannot be used. A reload happens as a whole or
  not at all.
`

/** docs/configuration.md: every option with meaning, type, default, range, effect on security and first version. */
export function configMarkdown(): string {
  const sections: string[] = [head]
  const tableHead =
    '| option | meaning | type | default | range | security | since |\n| --- | --- | --- | --- | --- | --- | --- |'
  const plain: string[] = []
  for (const [key, schema] of Object.entries(configJsonSchema().properties ?? {})) {
    const options = [...everyOption()].filter(
      ({ path }) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[]`),
    )
    const rows = options.map(row)
    if (rows.length === 1) plain.push(...rows)
    else
      sections.push(`## ${key}\n\n${schema.description ?? ''}\n\n${tableHead}\n${rows.slice(1).join('\n')}\n`)
  }
  return [sections[0], `## The whole file\n\n${tableHead}\n${plain.join('\n')}\n`, ...sections.slice(1)].join(
    '\n',
  )
}
