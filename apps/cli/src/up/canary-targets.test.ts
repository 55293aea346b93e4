import { describe, expect, it } from 'vitest'
import { canaryTargets } from './canary-targets.ts'
import type { PartStatus } from './state-file.ts'

function edgeAt(...listening: readonly (readonly [name: string, url: string])[]): readonly PartStatus[] {
  const status = { name: 'edge', listening: listening.map(([name, url]) => ({ name, url })) }
  return [status as unknown as PartStatus] // only what is read here
}

describe('canaryTargets', () => {
  it('knows plain sites, encrypted ones and Unix sockets, each by a name that it answers to', () => {
    const parts = edgeAt(
      ['site a', 'http://127.0.0.1:7700'],
      ['site b', 'https://[::1]:7443'],
      ['site c', 'unix:/run/edge.sock'],
    )
    const sites = [
      { name: 'a', hosts: ['*'] },
      { name: 'b', hosts: ['*.b.test', 'b.test'] },
      { name: 'c', hosts: ['c.test'] },
    ]
    expect(canaryTargets(parts, sites)).toEqual([
      { host: '127.0.0.1', port: 7700, name: '127.0.0.1:7700' },
      { host: '::1', port: 7443, name: 'b.test', tls: true },
      { host: '', port: 0, path: '/run/edge.sock', name: 'c.test' },
    ])
  })

  it('leaves out redirects, judgements for other proxies, and sites that demand client certificates', () => {
    const parts = edgeAt(
      ['redirect to site a', 'http://127.0.0.1:80'],
      ['judgement of site a for spoe: no body, no response', 'http://127.0.0.1:7701'],
      ['site a', 'https://127.0.0.1:7443'],
    )
    const tls = { clientCertificates: { ca: '/ca.pem', mode: 'require' } } as never // nothing else is read
    expect(canaryTargets(parts, [{ name: 'a', hosts: ['*'], tls }])).toEqual([])
  })
})
