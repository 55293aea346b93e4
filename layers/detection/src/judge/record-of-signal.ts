import type { EventRecord } from '@sevenfold/behaviour'
import type { Signal } from '../signals/signal.ts'

// What the parsers of web server logs would have written, by our names of it.
const parsedNames: Readonly<Record<string, readonly string[]>> = {
  http_path: ['request'],
  http_verb: ['verb'],
  http_status: ['status'],
  http_user_agent: ['http_user_agent'],
  target_fqdn: ['target_fqdn'],
  source_ip: ['remote_addr', 'source_ip'],
}

/** The first stage of parsers that events of our own go through: they need no grok. */
export const eventStage = 's02-enrich'

/** Writes what a signal says into a record of the hub's rules. */
export function fillRecord(record: EventRecord, { event }: Signal, time: string): void {
  record.Line.Module = 'sevenfold'
  record.StrTime = time
  record.Parsed.set('program', 'sevenfold-edge')
  for (const [name, value] of Object.entries(event.meta)) {
    if (value === '') continue
    record.Meta.set(name, value)
    for (const parsed of parsedNames[name] ?? []) record.Parsed.set(parsed, value)
  }
  if (event.meta['log_type'] !== 'http_block') return
  // Requests that inspection stopped: the hub's scenarios of its AppSec know them by this name.
  record.Meta.set('log_type', 'appsec-block')
  record.Meta.set('rule_name', `native_rule:${event.meta['block_step'] ?? ''}`)
  record.Parsed.set('action', 'deny')
}
