import { isIP } from 'node:net'
import { AlertsError } from '../alerts-error.ts'

/** Table, set and chain that isolation uses; nothing else is touched. */
export const isolationTable = 'sevenfold_isolate'

/** What `nft -f -` reads to cut an address off in both directions. @throws AlertsError when it is no literal address. */
export function isolateScript(address: string, seconds: number): string {
  const version = isIP(address)
  if (version === 0) throw new AlertsError('ALERTS_PLAYBOOK', 'isolation needs a literal address')
  const [set, type, family] = version === 4 ? ['v4', 'ipv4_addr', 'ip'] : ['v6', 'ipv6_addr', 'ip6']
  const table = `inet ${isolationTable}`
  return [
    `add table ${table}`,
    `add set ${table} ${set} { type ${type}; flags timeout; }`,
    `add chain ${table} in_${set} { type filter hook input priority -10; }`,
    `add chain ${table} out_${set} { type filter hook output priority -10; }`,
    `add chain ${table} forward_${set} { type filter hook forward priority -10; }`,
    `flush chain ${table} in_${set}`,
    `flush chain ${table} out_${set}`,
    `flush chain ${table} forward_${set}`,
    `add rule ${table} in_${set} ${family} saddr @${set} drop`,
    `add rule ${table} out_${set} ${family} daddr @${set} drop`,
    `add rule ${table} forward_${set} ${family} saddr @${set} drop`,
    `add rule ${table} forward_${set} ${family} daddr @${set} drop`,
    `add element ${table} ${set} { ${address} timeout ${Math.max(1, Math.round(seconds))}s }`,
    '',
  ].join('\n')
}

/** What takes the isolation back. @throws AlertsError when it is no literal address. */
export function releaseScript(address: string): string {
  const version = isIP(address)
  if (version === 0) throw new AlertsError('ALERTS_PLAYBOOK', 'isolation needs a literal address')
  return `delete element inet ${isolationTable} ${version === 4 ? 'v4' : 'v6'} { ${address} }\n`
}
