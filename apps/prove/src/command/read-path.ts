import { UsageError } from './usage-error.ts'

/** A path of a URL as it stands in an option. Throws `UsageError`. */
export function readPath(option: string, value: string): string {
  if (!/^\/[\x21-\x7e]{0,500}$/.test(value))
    throw new UsageError(`--${option} takes a path that begins with / and holds no blanks`)
  return value
}
