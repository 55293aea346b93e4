import type { JsonObject } from '@sevenfold/event'
import type { LogSource } from '@sevenfold/sigma'
import { textAt } from '../alert/read-event.ts'

const webserver: LogSource = { category: 'webserver' }
const dns: LogSource = { category: 'dns' }

/** Datasets of imported events and the log source of public rules for them; the longest name that fits wins. */
const imported: Readonly<Record<string, readonly LogSource[]>> = {
  nginx: [{ product: 'nginx', category: 'webserver' }],
  apache: [{ product: 'apache', category: 'webserver' }],
  caddy: [webserver],
  modsecurity: [{ product: 'modsecurity' }, webserver],
  suricata: [{ product: 'suricata' }],
  zeek: [{ product: 'zeek' }],
  'zeek.dns': [{ product: 'zeek', service: 'dns' }, dns],
  'zeek.http': [{ product: 'zeek', service: 'http' }, { category: 'proxy' }],
  falco: [{ product: 'linux', category: 'process_creation' }],
  auditd: [{ product: 'linux', service: 'auditd' }],
  kubernetes: [{ product: 'kubernetes', service: 'audit' }],
  wazuh: [{ product: 'wazuh' }],
}

function own(event: JsonObject): readonly LogSource[] {
  const layer = textAt(event, 'sevenfold', 'layer')
  const kind = textAt(event, 'sevenfold', 'kind')
  const source: LogSource = { product: 'sevenfold', service: layer, category: kind }
  if (kind === 'access' && layer === 'network') return [source, dns]
  return kind === 'access' || kind === 'block' ? [source, webserver] : [source]
}

/**
 * Log sources that an event belongs to: our own (`product: sevenfold`, the layer as service, the kind as category), and
 * those of public rules. Imported events are told by their dataset.
 */
export function logSourcesOf(event: JsonObject): readonly LogSource[] {
  const dataset = textAt(event, 'event', 'dataset')
  if (dataset.startsWith('sevenfold.')) return own(event)
  const names = dataset.split('.')
  for (let length = names.length; length > 0; length -= 1) {
    const known = names.slice(0, length).join('.')
    if (Object.hasOwn(imported, known)) return imported[known] ?? []
  }
  return own(event)
}
