import { eventKinds } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { dataFolder, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { ledgerEvents } from '../place/ledger-events.ts'
import { usageError } from '../program/cli-error.ts'
import type { Call, Command } from '../program/command.ts'
import { eventLine, palette } from '../up/event-line.ts'

/** Options that compare one field with a text. */
const filters: Readonly<Record<string, string>> = {
  kind: 'sevenfold.kind',
  layer: 'sevenfold.layer',
  site: 'sevenfold.site',
  source: 'source.ip',
}

const mostShown = 100_000

async function readFilter(call: Call): Promise<(event: JsonObject) => boolean> {
  const { nearest, parseDuration } = await import('@sevenfold/config')
  const wanted = Object.entries(filters).flatMap(([option, field]) => {
    const value = call.text(option)
    return value === undefined ? [] : [{ field, value }]
  })
  const kind = call.text('kind')
  if (kind !== undefined && !eventKinds.some((known) => known === kind)) {
    throw usageError(
      `there is no kind ${kind}`,
      `did you mean ${nearest(kind, eventKinds) ?? eventKinds.join(', ')}`,
    )
  }
  const since = call.text('since')
  const sinceMs = since === undefined ? 0 : parseDuration(since)
  if (sinceMs === undefined) throw usageError('--since must look like 10m or 4h', 'for example --since 10m')
  const from = since === undefined ? '' : new Date(Date.now() - sinceMs).toISOString()
  return (event) =>
    (fieldText(event, '@timestamp') ?? '') >= from &&
    wanted.every(({ field, value }) => fieldText(event, field) === value)
}

function readLimit(call: Call): number {
  const text = call.text('limit') ?? '100'
  const limit = Number(text)
  if (/^\d{1,6}$/.test(text) && limit >= 1 && limit <= mostShown) return limit
  throw usageError(`--limit must be a number from 1 to ${mostShown}`, 'for example --limit 20')
}

/** `sevenfold events`. */
export const events: Command = {
  name: 'events',
  summary: 'show events of the ledger, the newest last',
  details:
    'Reads the ledger itself, so it works when every part is down. With --json: one event a line, exactly as recorded.',
  options: {
    kind: { type: 'string', value: 'KIND', help: `one of ${eventKinds.join(', ')}` },
    layer: { type: 'string', value: 'LAYER', help: 'layer or part that wrote the event' },
    site: { type: 'string', value: 'SITE', help: 'name of the site' },
    source: { type: 'string', value: 'ADDRESS', help: 'client address' },
    since: { type: 'string', value: 'TIME', help: 'not older than this, such as 10m' },
    limit: { type: 'string', value: 'N', help: 'show the newest N', default: '100' },
    follow: { type: 'boolean', short: 'f', help: 'go on with new ones until Ctrl-C' },
    ...placeOptions,
  },
  examples: [
    'sevenfold events --kind block --since 10m',
    'sevenfold events --source 192.0.2.7 --json',
    'sevenfold events --follow',
  ],
  run: async (call) => {
    const fits = await readFilter(call)
    const limit = readLimit(call)
    const dataDir = await dataFolder(call)
    const colours = palette(call.io.colours)
    const show = (event: JsonObject): void =>
      call.io.out(call.json ? JSON.stringify(event) : eventLine(event, colours))
    const newest: JsonObject[] = []
    for await (const { event } of ledgerEvents(dataDir)) {
      if (!fits(event)) continue
      newest.push(event)
      if (newest.length > limit) newest.shift()
    }
    for (const event of newest) show(event)
    if (!call.flag('follow')) return 0
    const last = newest.at(-1)
    let passed = last === undefined
    for await (const { event } of ledgerEvents(dataDir, { follow: true, signal: call.io.signal })) {
      if (passed && fits(event)) show(event)
      else if (!passed) passed = fieldText(event, 'event.id') === fieldText(last ?? {}, 'event.id')
    }
    return 0
  },
}
