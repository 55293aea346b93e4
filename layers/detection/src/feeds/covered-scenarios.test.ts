import { expect, it } from 'vitest'
import { coveredScenarios } from './covered-scenarios.ts'

const hub = [
  'crowdsecurity/iptables-scan-multi_ports',
  'crowdsecurity/http-cve-2021-41773',
  'crowdsecurity/ssh-bf',
  'crowdsecurity/http-bad-user-agent',
]

it('names what Suricata covers, with a proposal', () => {
  const found = coveredScenarios(['/var/log/suricata/eve.json'], hub)
  expect(found.map(({ scenario, sensor }) => [scenario, sensor])).toEqual([
    ['crowdsecurity/iptables-scan-multi_ports', 'suricata'],
    ['crowdsecurity/http-cve-2021-41773', 'suricata'],
  ])
  expect(found[0]?.proposal).toContain('detection.simulation.scenarios')
})

it('names what Zeek covers', () => {
  expect(coveredScenarios(['zeek'], hub).map(({ scenario }) => scenario)).toEqual([
    'crowdsecurity/iptables-scan-multi_ports',
    'crowdsecurity/ssh-bf',
  ])
})

it('proposes nothing without a sensor', () => {
  expect(coveredScenarios(['/var/log/nginx/access.log', 'prevent.log'], hub)).toEqual([])
})
