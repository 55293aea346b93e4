import type { DecisionScope } from '@sevenfold/event'

/** What sort of bouncer it is, which says what it can make of a decision. */
export type BouncerKind = 'firewall' | 'proxy' | 'custom'

/** The kinds, for those who name one. */
export const bouncerKinds: readonly BouncerKind[] = ['firewall', 'proxy', 'custom']

/**
 * Scopes that a bouncer is given unless it or its configuration asks for others. A firewall that is given a country
 * fails with its whole batch and bans nobody; a command would be run with a country as if it were an address. A proxy
 * looks each client up and leaves alone what it does not know.
 */
export const defaultScopes: Readonly<Record<BouncerKind, readonly DecisionScope[]>> = {
  firewall: ['ip', 'range'],
  custom: ['ip', 'range'],
  proxy: ['ip', 'range', 'country', 'as'],
}

const proxies =
  /^(?:crowdsec-|cs-)?(?:nginx|openresty|lua|haproxy|spoa|traefik|caddy|envoy|apache|php|wordpress|node(?:js)?|express|cloudflare)\b/i

/** The kind of a bouncer by what it says of itself (`crowdsec-firewall-bouncer/v0.0.25`); `custom` for anything else. */
export function kindOfAgent(userAgent: string): BouncerKind {
  if (/^(?:crowdsec-|cs-)?firewall/i.test(userAgent)) return 'firewall'
  return proxies.test(userAgent) ? 'proxy' : 'custom'
}
