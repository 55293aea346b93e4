import { BlockList, isIP } from 'node:net'

/** True for addresses, networks and names that no playbook acts on. The house itself is always among them. */
export function sparedBy(list: readonly string[]): (value: string) => boolean {
  const networks = new BlockList()
  const names = new Set<string>()
  for (const item of list) {
    const [address = '', bits] = item.split('/', 2)
    const version = isIP(address)
    if (version === 0) names.add(item)
    else {
      const most = version === 4 ? 32 : 128
      const prefix = bits === undefined ? most : Number(bits)
      if (Number.isInteger(prefix) && prefix >= 0 && prefix <= most)
        networks.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6')
    }
  }
  return (value) => {
    const version = isIP(value)
    return names.has(value) || (version !== 0 && networks.check(value, version === 4 ? 'ipv4' : 'ipv6'))
  }
}
