import { escapeText, isJsonObject } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'

/** Colours of a terminal (ECMA-48 SGR), or none. */
export interface Palette {
  readonly red: (text: string) => string
  readonly yellow: (text: string) => string
  readonly green: (text: string) => string
  readonly grey: (text: string) => string
}

/** The palette for a terminal, or one that leaves text as it is. */
export function palette(colours: boolean): Palette {
  const sgr =
    (code: number) =>
    (text: string): string =>
      colours ? `\u001b[${code}m${text}\u001b[0m` : text
  return { red: sgr(31), yellow: sgr(33), green: sgr(32), grey: sgr(90) }
}

function at(event: JsonObject, ...path: readonly string[]): Json | undefined {
  let value: Json | undefined = event
  for (const key of path) {
    if (!isJsonObject(value)) return undefined
    value = value[key]
  }
  return value
}

/** Text of a field, escaped: every field may come from an attacker. */
function text(event: JsonObject, ...path: readonly string[]): string {
  const value = at(event, ...path)
  return typeof value === 'string' || typeof value === 'number' ? escapeText(String(value), 100) : ''
}

function request(event: JsonObject): string {
  const status = text(event, 'http', 'response', 'status_code')
  const line = `${text(event, 'http', 'request', 'method')} ${text(event, 'url', 'original') || text(event, 'url', 'path')}`
  return `${status === '' ? '' : `${status} `}${line}`.trim()
}

function decision(event: JsonObject): string {
  const what = `${text(event, 'sevenfold', 'decision', 'type')} ${text(event, 'sevenfold', 'decision', 'value')}`
  const scenario = text(event, 'sevenfold', 'decision', 'scenario')
  const until = text(event, 'sevenfold', 'decision', 'until')
  return `${what}${scenario === '' ? '' : ` for ${scenario}`}${until === '' ? '' : ` until ${until}`}`
}

/** What stands before the step of a request that went on all the same. */
const prefixes: Readonly<Record<string, string>> = { 'would-block': 'would block: ', pass: 'noticed: ' }

function judgement(event: JsonObject): string {
  const rules = at(event, 'sevenfold', 'judgement', 'rules')
  const named = Array.isArray(rules) ? rules.map((rule) => escapeText(String(rule), 40)).slice(0, 5) : []
  const step = text(event, 'sevenfold', 'judgement', 'step')
  const would = prefixes[text(event, 'sevenfold', 'judgement', 'verdict')] ?? ''
  return `${would}${step}${named.length === 0 ? '' : ` ${named.join(' ')}`}`
}

function detail(kind: string, event: JsonObject): string {
  switch (kind) {
    case 'access':
      return request(event)
    case 'block':
      return `${request(event)}  [${judgement(event)}]  id ${text(event, 'http', 'request', 'id')}`
    case 'decision':
      return `${text(event, 'event', 'action')}: ${decision(event)}`
    case 'authentication':
      return `${text(event, 'event', 'outcome')} ${text(event, 'user', 'name')}`
    case 'admin':
      return `${text(event, 'sevenfold', 'admin', 'op')} by ${text(event, 'sevenfold', 'admin', 'actor')}`
    case 'finding':
      return text(event, 'sevenfold', 'finding', 'summary')
    default:
      return text(event, 'message') || text(event, 'event', 'action')
  }
}

function coloured(kind: string, event: JsonObject, line: string, colours: Palette): string {
  if (kind === 'block')
    return text(event, 'sevenfold', 'judgement', 'verdict') === 'block'
      ? colours.red(line)
      : colours.yellow(line)
  if (kind === 'decision' || kind === 'detection' || kind === 'loss') return colours.yellow(line)
  if (kind === 'access' || kind === 'heartbeat') return colours.grey(line)
  return line
}

/** One event as one line of the live view: time, layer, kind, source, what happened. */
export function eventLine(event: JsonObject, colours: Palette): string {
  const kind = text(event, 'sevenfold', 'kind') || text(event, 'event', 'kind')
  const time = /T(\d\d:\d\d:\d\d)/.exec(text(event, '@timestamp'))?.[1] ?? '--:--:--'
  const repeat = text(event, 'sevenfold', 'repeat', 'count')
  const parts = [
    time,
    (text(event, 'sevenfold', 'layer') || text(event, 'event', 'module')).padEnd(9),
    kind.padEnd(9),
    (text(event, 'source', 'ip') || '-').padEnd(15),
    `${detail(kind, event)}${repeat === '' ? '' : ` (${repeat} times)`}`,
  ]
  return coloured(kind, event, parts.join(' ').trimEnd(), colours)
}
