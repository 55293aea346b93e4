import { BlockList, isIP } from 'node:net'

const loopback = ['127.0.0.0/8', '::1/128']

function addNetwork(list: BlockList, network: string): void {
  const [address = '', prefix] = network.split('/')
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  list.addSubnet(address, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family)
}

/**
 * A test for socket peers: loopback always, and the networks of `admin.trusted`. IPv4 in IPv6 form counts as IPv4.
 * An address that cannot be read is not trusted.
 */
export function createTrustedTest(networks: readonly string[]): (peer: string | undefined) => boolean {
  const list = new BlockList()
  for (const network of [...loopback, ...networks]) addNetwork(list, network)
  return (peer) => {
    if (peer === undefined) return false
    const address = peer.replace(/^::ffff:(?=\d+\.)/i, '')
    const family = isIP(address)
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}
