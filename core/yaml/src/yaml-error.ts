/** Stable codes of what can be wrong with a YAML text. */
export const yamlErrorCodes = [
  'YAML_TOO_LARGE',
  'YAML_TOO_DEEP',
  'YAML_TOO_MANY_NODES',
  'YAML_TOO_MANY_DOCUMENTS',
  'YAML_SYNTAX',
  'YAML_DUPLICATE_KEY',
  'YAML_KEY_NOT_TEXT',
  'YAML_UNKNOWN_TAG',
  'YAML_BAD_ALIAS',
] as const

/** One of the stable codes. */
export type YamlErrorCode = (typeof yamlErrorCodes)[number]

/** A place in the text, both counted from 1; columns in UTF-16 units, as editors count. */
export interface YamlPosition {
  readonly line: number
  readonly column: number
}

/** One problem of the text. Messages quote at most 40 characters of it, escaped. */
export interface YamlError extends YamlPosition {
  readonly code: YamlErrorCode
  readonly message: string
}
