import { isInNetwork, parseAddress, parseNetwork } from './address.ts'

/** Addresses and networks of a rule. */
export interface AddressSet {
  /** Texts that are neither. */
  readonly wrong: readonly string[]
  /** Whether the set holds an address; false for a text that is none. */
  holds(address: string): boolean
}

/** Makes a set of single addresses and of networks. */
export function addressSet(addresses: readonly string[], networks: readonly string[]): AddressSet {
  const wrong: string[] = []
  const single = new Set<string>()
  for (const text of addresses) {
    const address = parseAddress(text)
    if (address === undefined) wrong.push(text)
    else single.add(address.join(':'))
  }
  const ranges = networks.flatMap((text) => {
    const network = parseNetwork(text)
    if (network === undefined) wrong.push(text)
    return network === undefined ? [] : [network]
  })
  return {
    wrong,
    holds: (text) => {
      const address = parseAddress(text)
      if (address === undefined) return false
      return single.has(address.join(':')) || ranges.some((network) => isInNetwork(address, network))
    },
  }
}
