import { usageError } from '../program/cli-error.ts'
import type { Call, OptionSpec } from '../program/command.ts'
import { placeOptions } from '../place/data-folder.ts'

/** Options that say which events a search is about. */
export const searchOptions: Readonly<Record<string, OptionSpec>> = {
  since: { type: 'string', value: 'TIME', help: 'not older than this, such as 24h', default: '24h' },
  from: { type: 'string', value: 'TIME', help: 'from this time on, ISO 8601; in place of --since' },
  to: { type: 'string', value: 'TIME', help: 'before this time, ISO 8601' },
  saved: { type: 'string', value: 'NAME', help: 'the filter that was saved under this name' },
  ...placeOptions,
}

/** The parameters of the collector's questions. @throws CliError for times that are none. */
export async function searchParameters(call: Call, query: string): Promise<URLSearchParams> {
  const { parseDuration } = await import('@sevenfold/config')
  const parameters = new URLSearchParams({ query })
  for (const name of ['from', 'to']) {
    const text = call.text(name)
    if (text === undefined) continue
    if (Number.isNaN(Date.parse(text)))
      throw usageError(`--${name} is no time`, `for example --${name} 2026-01-31T12:00:00Z`)
    parameters.set(name, text)
  }
  const since = call.text('since') ?? '24h'
  const sinceMs = parseDuration(since)
  if (sinceMs === undefined) throw usageError('--since must look like 10m or 4h', 'for example --since 10m')
  if (call.text('from') === undefined) parameters.set('from', String(Date.now() - sinceMs))
  return parameters
}
