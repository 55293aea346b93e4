import { BlockList, isIP } from 'node:net'
import { plainAddress } from './client-certificate.ts'

/** Whether a peer may connect: this machine always, others when a network is named that holds them. */
export function createPeerCheck(networks: readonly string[]): (address: string | undefined) => boolean {
  const allowed = new BlockList()
  allowed.addSubnet('127.0.0.0', 8)
  allowed.addAddress('::1', 'ipv6')
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) allowed.addAddress(address, family)
    else allowed.addSubnet(address, Number(prefix), family)
  }
  return (address) => {
    const plain = plainAddress(address)
    const family = isIP(plain)
    return family !== 0 && allowed.check(plain, family === 6 ? 'ipv6' : 'ipv4')
  }
}
