import { isJsonObject } from '@sevenfold/event'
import { fieldText } from '../place/field-text.ts'
import { usageError } from '../program/cli-error.ts'
import type { Call, Command } from '../program/command.ts'
import { askCollector, queryOf } from '../search/ask-collector.ts'
import { searchOptions, searchParameters } from '../search/search-parameters.ts'
import { eventLine, palette } from '../up/event-line.ts'

const mostShown = 1_000
const mostBars = 1_440

function countOf(call: Call, option: string, most: number): number | undefined {
  const text = call.text(option)
  if (text === undefined) return undefined
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (count >= 1 && count <= most) return count
  throw usageError(`--${option} must be a number from 1 to ${most}`, `for example --${option} 20`)
}

async function showTop(call: Call, parameters: URLSearchParams, field: string): Promise<number> {
  parameters.set('field', field)
  const { values } = await askCollector(call, `/v1/top?${parameters.toString()}`)
  for (const row of Array.isArray(values) ? values.filter(isJsonObject) : [])
    call.io.out(
      call.json
        ? JSON.stringify(row)
        : `${(fieldText(row, 'count') ?? '').padStart(9)}  ${JSON.stringify(row['value'])}`,
    )
  return 0
}

async function showHistogram(call: Call, parameters: URLSearchParams, bars: number): Promise<number> {
  parameters.set('buckets', String(bars))
  const { buckets } = await askCollector(call, `/v1/histogram?${parameters.toString()}`)
  const rows = Array.isArray(buckets) ? buckets.filter(isJsonObject) : []
  const most = Math.max(1, ...rows.map(({ count }) => Number(count)))
  for (const row of rows) {
    const bar = '#'.repeat(Math.round((Number(row['count']) / most) * 40))
    call.io.out(
      call.json
        ? JSON.stringify(row)
        : `${fieldText(row, 'time') ?? ''} ${(fieldText(row, 'count') ?? '').padStart(9)} ${bar}`,
    )
  }
  return 0
}

async function showEvents(call: Call, parameters: URLSearchParams, limit: number): Promise<number> {
  parameters.set('limit', String(limit))
  const { events } = await askCollector(call, `/v1/events?${parameters.toString()}`)
  const colours = palette(call.io.colours)
  for (const event of (Array.isArray(events) ? events.filter(isJsonObject) : []).toReversed())
    call.io.out(call.json ? JSON.stringify(event) : eventLine(event, colours))
  return 0
}

/** `sevenfold search`. */
export const search: Command = {
  name: 'search',
  summary: 'find stored events by a filter, count them over time, or by the values of a field',
  details: `A filter is field:value terms with and, or, not and parentheses; values take * and ?, numbers <, >= and 1..9;
a word alone is looked for as a word in the texts of an event. The same in the console and the API (docs/ledger.md).`,
  words: { name: 'FILTER…', help: 'the filter; everything without it', min: 0, max: 64 },
  options: {
    top: { type: 'string', value: 'FIELD', help: 'the most frequent values of a field in place of events' },
    histogram: {
      type: 'string',
      value: 'BARS',
      help: 'counts over time, in so many bars, in place of events',
    },
    limit: { type: 'string', value: 'N', help: `show the newest N, at most ${mostShown}`, default: '100' },
    ...searchOptions,
  },
  examples: [
    "sevenfold search 'kind:block status:403 sqlmap' --since 7d",
    "sevenfold search 'kind:block' --top source.ip",
    'sevenfold search --saved logins --histogram 24',
  ],
  run: async (call) => {
    const [top, bars] = [call.text('top'), countOf(call, 'histogram', mostBars)]
    const limit = countOf(call, 'limit', mostShown) ?? 100
    const parameters = await searchParameters(call, await queryOf(call))
    if (top !== undefined) return await showTop(call, parameters, top)
    if (bars !== undefined) return await showHistogram(call, parameters, bars)
    return await showEvents(call, parameters, limit)
  },
}
