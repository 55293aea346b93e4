import { describe, expect, it } from 'vitest'
import { defaultScopes, kindOfAgent } from './bouncer-kind.ts'

describe('the kind of a bouncer', () => {
  it.each([
    ['crowdsec-firewall-bouncer/-', 'firewall'],
    ['crowdsec-firewall-bouncer/v0.0.28-debian', 'firewall'],
    ['crowdsec-custom-bouncer/v0.0.15', 'custom'],
    ['crowdsec-nginx-bouncer/v1.0.5', 'proxy'],
    ['crowdsec-openresty-bouncer/v1', 'proxy'],
    ['Crowdsec-Bouncer-Traefik-Plugin/1.X.X', 'custom'],
    ['traefik/3', 'proxy'],
    ['nodejs-bouncer/0.2', 'proxy'],
    ['', 'custom'],
    ['firefox', 'custom'],
  ])('%j is %s', (agent, kind) => {
    expect(kindOfAgent(agent)).toBe(kind)
  })

  it('never gives a firewall or a command what is no address', () => {
    for (const kind of ['firewall', 'custom'] as const) expect(defaultScopes[kind]).toEqual(['ip', 'range'])
  })
})
