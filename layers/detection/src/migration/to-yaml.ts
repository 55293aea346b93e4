/** A value that can be written. */
export type YamlValue =
  | string
  | number
  | boolean
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue | undefined }

const plainKey = /^[A-Za-z_][\w.-]*$/
const isMap = (value: YamlValue): value is { readonly [key: string]: YamlValue | undefined } =>
  typeof value === 'object' && !Array.isArray(value)

function entries(value: { readonly [key: string]: YamlValue | undefined }): [string, YamlValue][] {
  return Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, member]]))
}

function lines(value: YamlValue, indent: string): string[] {
  if (Array.isArray(value)) {
    const items: readonly YamlValue[] = value
    if (items.length === 0) return [`${indent}[]`]
    return items.flatMap((item) => {
      const [first = '', ...rest] = lines(item, `${indent}  `)
      return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest]
    })
  }
  // A JSON string is a YAML string: every pattern and every name survives as it is.
  if (!isMap(value)) return [`${indent}${JSON.stringify(value)}`]
  const members = entries(value)
  if (members.length === 0) return [`${indent}{}`]
  return members.flatMap(([key, member]) => {
    const name = plainKey.test(key) ? key : JSON.stringify(key)
    const isBlock =
      typeof member === 'object' &&
      (Array.isArray(member) ? member.length > 0 : entries(isMap(member) ? member : {}).length > 0)
    if (isBlock) return [`${indent}${name}:`, ...lines(member, `${indent}  `)]
    const [text = ''] = lines(member, '')
    return [`${indent}${name}: ${text}`]
  })
}

/** Writes a value as YAML, with a comment before it. Strings are in double quotes, as in JSON. */
export function toYaml(value: YamlValue, comment = ''): string {
  const head = comment === '' ? [] : comment.split('\n').map((line) => `# ${line}`.trimEnd())
  return `${[...head, ...lines(value, '')].join('\n')}\n`
}
