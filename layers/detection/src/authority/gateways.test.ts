import { describe, expect, it } from 'vitest'
import { gatewaysV4, gatewaysV6 } from './gateways.ts'

const rows = (text: string): string[][] => text.split('\n').map((line) => line.trim().split(/\s+/))

describe('gateways of the routing tables', () => {
  it('are read from the table of IPv4', () => {
    const table = `Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT
      eth0 00000000 010011AC 0003 0 0 0 00000000 0 0 0
      eth0 000011AC 00000000 0001 0 0 0 0000FFFF 0 0 0`
    expect(gatewaysV4(rows(table))).toEqual(['172.17.0.1'])
  })

  it('are read from the table of IPv6', () => {
    const zero = '0'.repeat(32)
    const table = `${zero} 00 ${zero} 00 fe800000000000000000000000000001 00000400 1 0 00000003 eth0
      ${zero} 00 ${zero} 00 ${zero} ffffffff 1 0 00200200 lo`
    expect(gatewaysV6(rows(table))).toEqual(['fe80::1'])
  })

  it('are none in a table of another form', () => {
    for (const text of ['', 'x', 'a b zzzzzzzz', 'a b c d e']) {
      expect(gatewaysV4(rows(text))).toEqual([])
      expect(gatewaysV6(rows(text))).toEqual([])
    }
  })
})
