import { createHash } from 'node:crypto'
import type { StoredDecision } from '../../decisions/stored-decision.ts'

/** An indicator of STIX 2.1 (section 4.7). */
export interface StixIndicator {
  readonly type: 'indicator'
  readonly spec_version: '2.1'
  readonly id: string
  readonly created: string
  readonly modified: string
  readonly name: string
  readonly indicator_types: readonly string[]
  readonly pattern: string
  readonly pattern_type: 'stix'
  readonly valid_from: string
  readonly valid_until: string
}

/** A UUID of form 5 that the same text always has (RFC 9562, section 5.5). */
function uuidOf(text: string): string {
  const hash = createHash('sha1').update('sevenfold-ban').update(text).digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}

/**
 * A ban as an indicator, valid from when it was made (which its id tells: version 7 UUIDs begin with the time) until it ends. The value is
 * canonical, so that it holds nothing to escape.
 */
export function stixIndicator(ban: StoredDecision): StixIndicator {
  const madeMs = Number.parseInt(ban.uuid.replaceAll('-', '').slice(0, 12), 16)
  const made = new Date(
    Number.isSafeInteger(madeMs) && madeMs > 0 && madeMs < ban.untilMs ? madeMs : ban.untilMs - 1,
  ).toISOString()
  const family = ban.value.includes(':') ? 'ipv6-addr' : 'ipv4-addr'
  return {
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--${uuidOf(`${ban.scope} ${ban.value} ${ban.uuid}`)}`,
    created: made,
    modified: made,
    name: ban.scenario.slice(0, 256),
    indicator_types: ['malicious-activity'],
    pattern: `[${family}:value = '${ban.value}']`,
    pattern_type: 'stix',
    valid_from: made,
    valid_until: new Date(ban.untilMs).toISOString(),
  }
}
