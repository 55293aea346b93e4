import type { Json, JsonObject } from '@sevenfold/event'
import { ImportError } from '../importer.ts'
import type { EcsFields, Imported, ReadLine } from '../importer.ts'
import {
  endpoint,
  integerAt,
  jsonLine,
  maxListItems,
  numberAt,
  textAt,
  textsAt,
  urlFields,
} from '../json-line.ts'
import { isoTime, secondsTime } from '../times.ts'

/** Most columns of a log. */
export const maxZeekColumns = 256

/** Which log a record is of, by a field that only that log has, where the line does not say it. */
const marks: readonly (readonly [string, string])[] = [
  ['conn_state', 'conn'],
  ['note', 'notice'],
  ['qtype_name', 'dns'],
  ['query', 'dns'],
  ['auth_success', 'ssh'],
  ['cipher', 'ssl'],
  ['server_name', 'ssl'],
  ['status_code', 'http'],
  ['uri', 'http'],
  ['fuid', 'files'],
  ['mailfrom', 'smtp'],
]

const categories: Readonly<Record<string, readonly string[]>> = {
  notice: ['network', 'intrusion_detection'],
  intel: ['network', 'threat'],
  http: ['network', 'web'],
  ssh: ['network', 'authentication'],
  files: ['network', 'file'],
  smtp: ['network', 'email'],
}

/**
 * Zeek's logs: JSON lines, and tab-separated ones with their `#fields` headers (a reader keeps those of its source).
 * Source: Book of Zeek, "Log Formats".
 */
export function openZeek(): ReadLine {
  const table = new ZeekTable()
  return (line) => {
    if (line.startsWith('{')) return fromRecord(jsonLine(line))
    if (line.startsWith('#')) return table.header(line)
    if (line === '') return undefined
    const { path, record } = table.record(line)
    return fromRecord(record, path)
  }
}

class ZeekTable {
  #separator = '\t'
  #setSeparator = ','
  #empty = '(empty)'
  #unset = '-'
  #path: string | undefined
  #names: readonly string[] = []
  #types: readonly string[] = []

  header(line: string): undefined {
    if (line.startsWith('#separator ')) {
      const code = /^#separator \\x([0-9a-fA-F]{2})$/.exec(line)?.[1]
      this.#separator =
        code === undefined ? line.slice(11, 12) : String.fromCharCode(Number.parseInt(code, 16))
      return
    }
    const [name, ...values] = line.slice(1).split(this.#separator)
    const [first = ''] = values
    if (name === 'set_separator') this.#setSeparator = first
    else if (name === 'empty_field') this.#empty = first
    else if (name === 'unset_field') this.#unset = first
    else if (name === 'path') this.#path = first
    else if (name === 'fields') this.#names = values
    else if (name === 'types') this.#types = values
    if (values.length > maxZeekColumns) throw new ImportError(`over ${maxZeekColumns} columns`)
  }

  record(line: string): { readonly path: string | undefined; readonly record: JsonObject } {
    if (this.#names.length === 0) throw new ImportError('a line before its #fields')
    const cells = line.split(this.#separator, maxZeekColumns + 1)
    if (cells.length !== this.#names.length)
      throw new ImportError(`${cells.length} columns where #fields names ${this.#names.length}`)
    const record = Object.create(null) as Record<string, Json>
    for (const [at, name] of this.#names.entries()) {
      const value = this.#cell(cells[at] ?? '', this.#types[at] ?? 'string')
      if (value !== undefined) record[name] = value
    }
    return { path: this.#path, record }
  }

  #cell(text: string, type: string): Json | undefined {
    if (text === this.#unset) return undefined
    if (/^(?:set|vector)\[/.test(type))
      return text === this.#empty ? [] : text.split(this.#setSeparator, maxListItems)
    if (type === 'bool') return text === 'T'
    const isNumber = ['time', 'interval', 'count', 'int', 'port', 'double'].includes(type)
    return isNumber && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : text
  }
}

function fromRecord(record: JsonObject, path?: string): Imported {
  const known = path ?? textAt(record, '_path') ?? marks.find(([field]) => Object.hasOwn(record, field))?.[1]
  const log = (known ?? 'unknown').replaceAll(/[^\w-]/g, '_').slice(0, 64)
  const stamp = textAt(record, 'ts')
  const isAlert = log === 'notice' || log === 'intel'
  const success = textAt(record, 'auth_success')
  return {
    timeMs: secondsTime(numberAt(record, 'ts')) ?? isoTime(stamp),
    dataset: `zeek.${log}`,
    event: {
      kind: isAlert ? 'alert' : 'event',
      category: categories[log] ?? ['network'],
      type: [log === 'conn' ? 'connection' : 'info'],
      action: isAlert ? (textAt(record, 'note') ?? 'intel').slice(0, 128) : log,
      outcome: success === undefined ? undefined : success === 'true' ? 'success' : 'failure',
      duration: nanoseconds(numberAt(record, 'duration')),
    },
    fields: { ...networkFields(record), ...protocolFields(record, log), ...noticeFields(record) },
  }
}

function nanoseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1e9)
}

function networkFields(record: JsonObject): EcsFields {
  return {
    source: endpoint(textAt(record, 'id.orig_h') ?? textAt(record, 'src'), integerAt(record, 'id.orig_p'), {
      bytes: integerAt(record, 'orig_bytes'),
      packets: integerAt(record, 'orig_pkts'),
    }),
    destination: endpoint(
      textAt(record, 'id.resp_h') ?? textAt(record, 'dst'),
      integerAt(record, 'id.resp_p'),
      {
        bytes: integerAt(record, 'resp_bytes'),
        packets: integerAt(record, 'resp_pkts'),
      },
    ),
    network: {
      transport: textAt(record, 'proto'),
      protocol: textAt(record, 'service'),
      community_id: textAt(record, 'community_id'),
    },
    zeek: {
      session_id: textAt(record, 'uid'),
      connection: { state: textAt(record, 'conn_state'), history: textAt(record, 'history') },
    },
  }
}

function protocolFields(record: JsonObject, log: string): EcsFields {
  return {
    ...(log === 'http' ? httpFields(record) : {}),
    dns:
      log === 'dns'
        ? {
            id: textAt(record, 'trans_id'),
            question: { name: textAt(record, 'query'), type: textAt(record, 'qtype_name') },
            response_code: textAt(record, 'rcode_name'),
            resolved_ip: textsAt(record, 'answers')?.filter((answer) => endpoint(answer)['ip'] !== undefined),
          }
        : undefined,
    tls:
      log === 'ssl'
        ? {
            version: textAt(record, 'version')
              ?.replace(/^TLSv?/, '')
              .replace(/^1(\d)$/, '1.$1'),
            cipher: textAt(record, 'cipher'),
            client: { server_name: textAt(record, 'server_name'), ja3: textAt(record, 'ja3') },
            server: { subject: textAt(record, 'subject'), issuer: textAt(record, 'issuer') },
          }
        : undefined,
    file: {
      name: textAt(record, 'filename'),
      mime_type: textAt(record, 'mime_type'),
      size: integerAt(record, 'total_bytes'),
      hash: { sha256: textAt(record, 'sha256'), md5: textAt(record, 'md5'), sha1: textAt(record, 'sha1') },
    },
  }
}

function httpFields(record: JsonObject): EcsFields {
  return {
    url: urlFields(textAt(record, 'uri'), textAt(record, 'host')),
    http: {
      version: textAt(record, 'version'),
      request: {
        method: textAt(record, 'method'),
        referrer: textAt(record, 'referrer'),
        body: { bytes: integerAt(record, 'request_body_len') },
      },
      response: {
        status_code: integerAt(record, 'status_code'),
        body: { bytes: integerAt(record, 'response_body_len') },
      },
    },
    user_agent: { original: textAt(record, 'user_agent') },
    user: { name: textAt(record, 'username') },
  }
}

function noticeFields(record: JsonObject): EcsFields {
  const note = textAt(record, 'note')
  if (note === undefined) return {}
  return { message: textAt(record, 'msg'), rule: { name: note, description: textAt(record, 'sub') } }
}
