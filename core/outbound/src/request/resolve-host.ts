import { isIP } from 'node:net'
import { lookup } from 'node:dns/promises'
import type { HostPolicy } from '../address/host-policy.ts'
import { OutboundError } from '../error.ts'

/** Addresses of a name, in order of preference. */
export type Resolver = (host: string) => Promise<readonly string[]>

/** The system's resolver: what other programs on this machine would connect to. */
export const systemResolver: Resolver = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address)

/**
 * Addresses of a host that may be connected to, at most `most`. A literal address is itself.
 * @throws OutboundError OUTBOUND_RESOLVE when the name has no address, OUTBOUND_ADDRESS_REFUSED when none may be reached.
 */
export async function resolveHost(
  host: string,
  how: { readonly resolver: Resolver; readonly policy: HostPolicy; readonly most: number },
): Promise<readonly string[]> {
  let addresses: readonly string[]
  try {
    addresses = isIP(host) === 0 ? await how.resolver(host) : [host]
  } catch (cause) {
    throw new OutboundError('OUTBOUND_RESOLVE', `the name ${host} cannot be resolved`, { cause })
  }
  if (addresses.length === 0) throw new OutboundError('OUTBOUND_RESOLVE', `the name ${host} has no address`)
  const refusals: string[] = []
  const allowed: string[] = []
  for (const address of addresses) {
    const refusal = how.policy.refusal(host, address)
    if (refusal === undefined) allowed.push(address)
    else refusals.push(refusal)
  }
  if (allowed.length > 0) return allowed.slice(0, how.most)
  const why = refusals.slice(0, 3).join(', ')
  throw new OutboundError(
    'OUTBOUND_ADDRESS_REFUSED',
    `${host} is not reached: ${why}; name the host in the configuration to allow it`,
  )
}
