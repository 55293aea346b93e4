import { ImportError } from '../importer.ts'
import type { EcsFields, Imported } from '../importer.ts'
import { endpoint, integer, urlFields } from '../json-line.ts'
import { isoTime } from '../times.ts'

/** Names of severities; numbers run from 0 to 10. */
const severityNames: Readonly<Record<string, number>> = {
  unknown: 50,
  low: 20,
  medium: 50,
  high: 75,
  'very-high': 95,
}

/** Most keys of an extension. */
export const maxCefKeys = 256

/**
 * Common Event Format, with or without a syslog header before it.
 * Source: ArcSight Common Event Format, "Implementation Standard", version 0 and 1.
 */
export function readCef(line: string): Imported {
  const at = line.indexOf('CEF:')
  const header = at < 0 ? undefined : headerOf(line.slice(at + 4))
  if (header === undefined) throw new ImportError('no CEF header')
  const [, vendor, product, version, signature, name, severity = ''] = header.parts
  const values = extensionOf(header.rest)
  const action = values.get('act')
  return {
    timeMs: timeOf(values.get('rt') ?? values.get('start') ?? values.get('end')),
    dataset: 'cef.event',
    event: {
      kind: 'event',
      category: ['intrusion_detection'],
      type: [/^(?:block|den|drop|reject|prevent)/i.test(action ?? '') ? 'denied' : 'info'],
      action: (action ?? name ?? 'event').slice(0, 128) || 'event',
      outcome: outcomeOf(values.get('outcome')),
      severity: severityOf(severity),
      reason: values.get('reason'),
      code: signature,
    },
    fields: {
      message: values.get('msg') ?? name,
      observer: { vendor, product, version, hostname: values.get('dvchost'), ip: listOf(values.get('dvc')) },
      rule: { id: signature, name, category: values.get('cat') },
      ...partyFields(values),
      ...objectFields(values),
    },
  }
}

/** The seven fields before the extension; `\|` and `\\` are escapes. */
function headerOf(text: string): { readonly parts: readonly string[]; readonly rest: string } | undefined {
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '|') {
      parts.push(text.slice(from, at).replaceAll(/\\([|\\])/g, '$1'))
      from = at + 1
      if (parts.length === 7) return { parts, rest: text.slice(from) }
    }
  }
  // A message without extension may end with its severity.
  return parts.length === 6 ? { parts: [...parts, text.slice(from)], rest: '' } : undefined
}

/** `key=value` pairs; a value runs until the space before the next key. */
function extensionOf(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const keys = [...text.slice(0, 262_144).matchAll(/(?:^|\s)([A-Za-z][\w.-]{0,127})=/g)].slice(0, maxCefKeys)
  for (const [at, key] of keys.entries()) {
    const end = keys[at + 1]?.index ?? text.length
    const value = text.slice(key.index + key[0].length, end).trim()
    values.set(
      key[1] ?? '',
      value.replaceAll(/\\([=\\|rn])/g, (_, mark: string) => escapes[mark] ?? mark),
    )
  }
  return values
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r' }

function timeOf(text: string | undefined): number | undefined {
  const milliseconds = integer(text)
  return milliseconds ?? isoTime(text) ?? plainTime(text)
}

/** `MMM dd yyyy HH:mm:ss`, with a zone or in UTC. */
function plainTime(text: string | undefined): number | undefined {
  if (text === undefined || !/^[A-Z][a-z]{2} \d{1,2} \d{4} \d\d:\d\d:\d\d/.test(text)) return undefined
  return isoTime(/[A-Z]{3,4}$/.test(text) ? text : `${text} UTC`)
}

function severityOf(text: string): number {
  const number = integer(text)
  return number === undefined ? (severityNames[text.toLowerCase()] ?? 50) : Math.min(100, number * 10)
}

function outcomeOf(text: string | undefined): 'success' | 'failure' | 'unknown' | undefined {
  if (text === undefined) return undefined
  if (/^(?:succ|allow|permit|ok)/i.test(text)) return 'success'
  return /^(?:fail|den|block|error)/i.test(text) ? 'failure' : 'unknown'
}

const listOf = (text: string | undefined): readonly string[] | undefined =>
  text === undefined ? undefined : [text]

function partyFields(values: ReadonlyMap<string, string>): EcsFields {
  return {
    source: endpoint(values.get('src') ?? values.get('shost'), integer(values.get('spt')), {
      bytes: integer(values.get('out')),
    }),
    destination: endpoint(values.get('dst') ?? values.get('dhost'), integer(values.get('dpt')), {
      bytes: integer(values.get('in')),
    }),
    network: { transport: values.get('proto')?.toLowerCase(), protocol: values.get('app')?.toLowerCase() },
    user: { name: values.get('duser') ?? values.get('suser'), id: values.get('duid') ?? values.get('suid') },
  }
}

function objectFields(values: ReadonlyMap<string, string>): EcsFields {
  return {
    url: urlFields(values.get('request')),
    http: { request: { method: values.get('requestMethod') } },
    user_agent: { original: values.get('requestClientApplication') },
    file: { name: values.get('fname'), path: values.get('filePath'), size: integer(values.get('fsize')) },
    process: { name: values.get('dproc') ?? values.get('sproc'), pid: integer(values.get('dpid')) },
    transaction: { id: values.get('externalId') },
  }
}
