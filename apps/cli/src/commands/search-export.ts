import { resolve } from 'node:path'
import { usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { queryOf } from '../search/ask-collector.ts'
import { searchOptions, searchParameters } from '../search/search-parameters.ts'

/** `sevenfold search export`. */
export const searchExport: Command = {
  name: 'search export',
  summary: 'write the stored events that match a filter to a file, as NDJSON or Parquet',
  details: `NDJSON: one event a line, the newest first. Parquet: a column for each field that can be searched, and the whole event in the
column line. The file appears when it is whole.`,
  words: { name: 'FILTER…', help: 'the filter; everything without it', min: 0, max: 64 },
  options: {
    out: { type: 'string', value: 'FILE', help: 'where to write' },
    format: { type: 'string', value: 'FORMAT', help: 'ndjson or parquet', default: 'by the end of FILE' },
    ...searchOptions,
  },
  examples: ["sevenfold search export 'kind:block' --since 30d --out blocks.parquet"],
  run: async (call) => {
    const out = call.text('out')
    if (out === undefined) throw usageError('--out is missing', 'for example --out events.ndjson')
    const format = call.text('format') ?? (out.endsWith('.parquet') ? 'parquet' : 'ndjson')
    if (format !== 'ndjson' && format !== 'parquet')
      throw usageError(`there is no format ${format}`, 'ndjson or parquet')
    const parameters = await searchParameters(call, await queryOf(call))
    const { runExport } = await import('../search/run-export.ts')
    return await runExport(call, parameters, { format, path: resolve(call.io.cwd, out) })
  },
}
