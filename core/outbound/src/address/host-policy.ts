import { addressBytes } from './address-bytes.ts'
import { classifyAddress } from './classify-address.ts'

/** Decides which addresses of a host may be reached. */
export interface HostPolicy {
  /** Undefined when the address may be reached; otherwise why not. */
  refusal(host: string, address: string): string | undefined
}

/** One spelling for a host: lower case, no trailing dot, no brackets, addresses by their bytes. */
function canonical(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
  return addressBytes(bare)?.join('.') ?? bare
}

/**
 * Public addresses may always be reached. A host that the configuration names may also be loopback or private;
 * link-local and metadata addresses only when the address itself is named, because a name's answer is not in the
 * hands of whoever wrote the configuration.
 */
export function createHostPolicy(namedHosts: readonly string[]): HostPolicy {
  const named = new Set(namedHosts.map(canonical))
  return {
    refusal(host, address) {
      const kind = classifyAddress(address)
      if (kind === 'public' || named.has(canonical(address))) return undefined
      if (named.has(canonical(host)) && (kind === 'loopback' || kind === 'private')) return undefined
      return `${address} is a ${kind} address`
    },
  }
}
