import type { Lane, Redactor } from '@sevenfold/event'
import { ecsVersion } from '@sevenfold/event'
import type { TlsFacts } from '../http/exchange.ts'
import type { RequestRecord } from '../pipeline/request-record.ts'
import { jsonText, readableText } from './json-text.ts'

/** What the access line needs besides the record. */
export interface AccessLineFacts {
  /** ISO 8601 UTC with milliseconds. */
  readonly timestamp: string
  readonly sequence: number
  readonly agentJson: string
  readonly lane: Lane
  readonly firstSight: boolean
}

const maxUserAgent = 1024
const maxReferrer = 2048
const maxPath = 4096
const memorySize = 1024
// A card number has at least 13 digits; nearly no path has, and the exact search costs more than the line.
const mayHoldCard = /[0-9](?:[ -]?[0-9]){12}/

/**
 * Writes access events as lines, the same that `EventBuilder.access` and the spool would make, piece by piece from
 * byte strings: one line for each request is the edge's largest output. Texts that repeat (user agents, hosts) are
 * remembered in their finished form. Hot; guarded by bench/edge.
 */
export class AccessLineWriter {
  private readonly redactor: Redactor
  private readonly texts = new Map<string, string>()
  private readonly heads = new Map<string, string>()

  constructor(redactor: Redactor) {
    this.redactor = redactor
  }

  line(record: RequestRecord, facts: AccessLineFacts): string {
    const { id, head, status } = record
    const outcome = status > 0 && status < 400 ? 'success' : 'failure'
    const duration = Math.round(record.durationMs * 1e6)
    return `{"@timestamp":"${facts.timestamp}","ecs":{"version":"${ecsVersion}"},"event":{"id":"${id}","kind":"event","category":["web"],"type":["access"],"action":"access","dataset":"sevenfold.edge.access","module":"sevenfold","outcome":"${outcome}","duration":${duration},"sequence":${facts.sequence}},"agent":${facts.agentJson},"sevenfold":{"v":1,"kind":"access","layer":"edge","lane":"${facts.lane}","site":"${record.site}"${facts.firstSight ? ',"first_sight":true' : ''}${record.tls === null ? '' : ja4Of(record.tls)}${this.trace(record)}},${this.source(record)},"url":${this.url(record)},"http":${this.http(record)}${this.userAgent(head === null ? '' : head.userAgent)}${record.tls === null ? '' : tlsOf(record.tls)}${this.extra(record)},"trace":{"id":"${id}"}}`
  }

  private source(record: RequestRecord): string {
    const ip = record.clientAddress
    const country = record.country === '' ? '' : `,"geo":{"country_iso_code":"${record.country}"}`
    const system = record.asn === 0 ? '' : `,"as":{"number":${record.asn}}`
    return `"source":{"ip":"${ip}","address":"${ip}","port":${record.clientPort},"bytes":${record.requestBytes}${country}${system}}`
  }

  private url(record: RequestRecord): string {
    const { head } = record
    if (head === null) return '{}'
    const mark = head.target.indexOf('?')
    const domain = head.host === null ? '' : `,"domain":"${head.host.name}"`
    const path = this.path(mark < 0 ? head.target : head.target.slice(0, mark))
    if (mark < 0 || mark === head.target.length - 1) {
      const text = jsonText(path, maxPath)
      return `{"path":${text}${domain},"original":${text}}`
    }
    const query = this.redactor.query(head.target.slice(mark + 1))
    return `{"path":${jsonText(path, maxPath)},"query":${jsonText(query, 8192)}${domain},"original":${jsonText(`${path}?${query}`, 12_288)}}`
  }

  private path(path: string): string {
    return mayHoldCard.test(path) ? this.redactor.text(path, maxPath) : path
  }

  private http(record: RequestRecord): string {
    const { head } = record
    const version = head === null ? '' : `"version":"${head.protocol}",`
    const method = head === null ? '' : `,"method":"${head.method}"`
    const referrer = head === null || head.referer === '' ? '' : `,"referrer":${this.referrer(head.referer)}`
    return `{${version}"request":{"id":"${record.id}"${method}${referrer}},"response":{"status_code":${record.status},"body":{"bytes":${record.responseBytes}}}}`
  }

  private referrer(bytes: string): string {
    const known = this.heads.get(bytes)
    if (known !== undefined) return known
    const text = readableText(bytes)
    const mark = text.indexOf('?')
    const redacted =
      mark < 0
        ? this.redactor.text(text, maxReferrer)
        : `${this.redactor.text(text.slice(0, mark), maxReferrer)}?${this.redactor.query(text.slice(mark + 1)).slice(0, maxReferrer)}`
    return remember(this.heads, bytes, JSON.stringify(redacted))
  }

  private userAgent(bytes: string): string {
    if (bytes === '') return ''
    const known = this.texts.get(bytes)
    if (known !== undefined) return known
    const text = JSON.stringify(this.redactor.text(readableText(bytes), maxUserAgent))
    return remember(this.texts, bytes, `,"user_agent":{"original":${text}}`)
  }

  /** The trace of a request that went wrong; of the others it says nothing new. */
  private trace(record: RequestRecord): string {
    return record.status >= 400 || record.status === 0 || record.canary !== ''
      ? `,"trace":${JSON.stringify(record.trace())}`
      : ''
  }

  private extra(record: RequestRecord): string {
    const { failure, canary, beside } = record
    const error =
      failure === null
        ? ''
        : `,"error":{"code":"${failure.code}","message":${JSON.stringify(readableText(failure.detail).slice(0, 200))}}`
    if (canary === '' && beside === '') return error
    const labels = { ...(beside === '' ? {} : { beside }), ...(canary === '' ? {} : { canary }) }
    return `${error},"labels":${JSON.stringify(labels)}`
  }
}

function ja4Of({ ja4 }: TlsFacts): string {
  return ja4 === '' ? '' : `,"ja4":"${ja4}"`
}

function tlsOf({ version }: TlsFacts): string {
  return `,"tls":{"version":"${version.replace('TLSv', '')}","version_protocol":"tls"}`
}

/** Keeps what an attacker can make grow within bounds. */
function remember(memory: Map<string, string>, key: string, value: string): string {
  if (memory.size >= memorySize) memory.clear()
  if (key.length <= maxReferrer) memory.set(key, value)
  return value
}
