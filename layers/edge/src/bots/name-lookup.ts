import { Resolver } from 'node:dns/promises'

/** Looks names up. Rejects with an error whose `code` is ENOTFOUND or ENODATA when there is no such record. */
export interface NameLookup {
  /** Names that an address leads back to. */
  reverse(address: string): Promise<readonly string[]>
  /** Addresses of a name. */
  addresses(name: string): Promise<readonly string[]>
}

/** Time for one question to a server. */
export const lookupTimeoutMs = 2000

async function both(resolver: Resolver, name: string): Promise<readonly string[]> {
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
  const found = [v4, v6].flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
  if (found.length === 0 && v4.status === 'rejected') throw v4.reason
  return found
}

/** Looks names up by DNS. @param servers addresses with or without port; those of the system when empty. */
export function createNameLookup(servers: readonly string[]): NameLookup {
  const resolver = new Resolver({ timeout: lookupTimeoutMs, tries: 2 })
  if (servers.length > 0) resolver.setServers(servers)
  return {
    reverse: (address) => resolver.reverse(address),
    addresses: (name) => both(resolver, name),
  }
}
