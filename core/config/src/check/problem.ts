/** Stable codes of what can be wrong with a configuration. */
export const configProblemCodes = [
  'CONFIG_UNREADABLE',
  'CONFIG_SYNTAX',
  'CONFIG_UNKNOWN_KEY',
  'CONFIG_MISSING',
  'CONFIG_VALUE',
  'CONFIG_LITERAL_SECRET',
  'CONFIG_SECRET_UNREADABLE',
  'CONFIG_CONFLICT',
  'CONFIG_EXPOSED',
] as const

/** One of the stable codes. */
export type ConfigProblemCode = (typeof configProblemCodes)[number]

/** One problem of a configuration file. Neither message nor hint ever holds the value of a secret. */
export interface ConfigProblem {
  readonly code: ConfigProblemCode
  /** As it was named by the caller. */
  readonly file: string
  /** Both from 1. */
  readonly line: number
  readonly column: number
  /** Such as `sites[0].listen`; empty for the whole file. */
  readonly path: string
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
}

/** A path as people write it: `sites[0].listen`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((segment, index) =>
      typeof segment === 'number' ? `[${segment}]` : `${index === 0 ? '' : '.'}${String(segment)}`,
    )
    .join('')
}

/** A problem as the compilers of old print it: `file:line:column: error: message`, the hint on a line of its own. */
export function problemText(problem: ConfigProblem): string {
  const where = `${problem.file}:${problem.line}:${problem.column}`
  const hint = problem.hint === undefined ? '' : `\n  hint: ${problem.hint}`
  return `${where}: error: ${problem.message}${hint}`
}
