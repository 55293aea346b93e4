import type { SourceConfig } from './line-taker.ts'

// A quote inside of a value has a backslash before it, so that no value can look like this member.
const status = /(?<!\\)"status"\s*:\s*"?[1-5]\d\d\b/u

/**
 * Whether a line that could be read tells of one request. Logs of applications hold logins and other lines as well,
 * which are no requests of their own.
 */
export function isRequestLine(format: SourceConfig['format'], text: string): boolean {
  if (format === undefined) return false
  return format === 'nginx' || status.test(text)
}
