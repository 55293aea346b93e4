import { describe, expect, it } from 'vitest'
import { compileConfig, readConfig } from '../index.ts'
import type { CompiledConfig } from '../index.ts'
import { compileValue } from './compiled.ts'

function compiled(text: string): CompiledConfig {
  const read = readConfig(`version: 1\n${text}`, 'x')
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '))
  return compileConfig(read.config, '/srv/app')
}

const sites = `sites:
  - { name: shop, listen: "127.0.0.1:7700", upstream: "http://127.0.0.1:9000", trustedProxies: [10.0.0.1] }
  - { name: blog, listen: "127.0.0.1:7701", upstream: "http://b", mode: monitor, onInspectionFailure: pass, steps: { ban: enforce } }
`

describe('compileConfig', () => {
  it('puts the unit into the name of every duration and size', () => {
    const { limits } = compiled('').parts.edge
    expect(limits.headerTimeoutMs).toBe(5000)
    expect(limits.headerSizeBytes).toBe(16_384)
    expect(limits.headerCount).toBe(100)
    expect(Object.values(limits).every((value) => typeof value === 'number')).toBe(true)
  })

  it('fills the mode of a site from the edge unless the site has its own', () => {
    const [shop, blog] = compiled(sites).parts.edge.sites
    expect(shop).toMatchObject({ mode: 'enforce', onInspectionFailure: 'refuse', steps: {} })
    expect(blog).toMatchObject({ mode: 'monitor', onInspectionFailure: 'pass', steps: { ban: 'enforce' } })
  })

  it('makes every path absolute, counted from the folder of the file', () => {
    const { dataDir, parts } = compiled(`data: ./state
edge:
  rules: [builtin, ./own, "crs:./crs", "/etc/rules", "hub:./hub#a/b"]
  beside: [{ kind: appsec, site: a, keys: [{ file: ./key }, { env: KEY }, { sha256: ${'0a'.repeat(32)} }] }]
sites:
  - { name: a, listen: "127.0.0.1:1", upstream: "http://127.0.0.1:3" }
  - { name: b, listen: "127.0.0.1:2", upstream: "http://127.0.0.1:3", rules: [builtin, ./strict] }
  - { name: c, listen: "127.0.0.1:4", upstream: "unix:./app.sock", pool: { targets: ["unix:../b.sock"] } }
detection:
  sources: [{ file: ../logs/a.log, format: nginx }]
  api: { bouncers: [{ name: a, key: { file: ./key } }, { name: b, key: { env: KEY } }] }
`)
    expect(dataDir).toBe('/srv/app/state')
    expect(parts.edge.sites[2]).toMatchObject({
      upstream: { url: 'unix:/srv/app/app.sock', path: '/srv/app/app.sock' },
      pool: { targets: [{ path: '/srv/b.sock' }] },
    })
    expect(parts.edge.rules).toEqual([
      'builtin',
      '/srv/app/own',
      'crs:/srv/app/crs',
      '/etc/rules',
      'hub:/srv/app/hub#a/b',
    ])
    expect(parts.edge.beside[0]).toMatchObject({
      listen: { host: '127.0.0.1', port: 7422 },
      keys: [{ file: '/srv/app/key' }, { env: 'KEY' }, { sha256: '0a'.repeat(32) }],
      bodySizeBytes: 10_485_760,
      bodyTimeoutMs: 1000,
    })
    expect(parts.edge.sites.map(({ rules }) => rules)).toEqual([
      undefined,
      ['builtin', '/srv/app/strict'],
      undefined,
    ])
    expect(parts.detection.sources[0]?.file).toBe('/srv/logs/a.log')
    expect(parts.detection.api.bouncers.map(({ key }) => key)).toEqual([
      { file: '/srv/app/key' },
      { env: 'KEY' },
    ])
  })

  it('tells the edge its own listeners and detection the declared proxies', () => {
    const { edge, detection, console } = compiled(sites).parts
    expect(edge.ownListeners.map(({ port }) => port)).toEqual([7700, 7701, 7770, 7780])
    expect(detection.declaredProxies).toEqual(['10.0.0.1'])
    expect(console.sites.map(({ name }) => name)).toEqual(['shop', 'blog'])
  })

  it('divides no more than the storage budget', () => {
    const { parts } = compiled('storage: { budget: 64MiB }')
    const spools = Object.values(parts).reduce((sum, { spoolBytes }) => sum + spoolBytes, 0)
    const total = spools + parts.ledger.segmentsBytes + parts.collector.indexBytes
    expect(total).toBeLessThanOrEqual(64 * 1024 ** 2)
    expect(total).toBeGreaterThan(60 * 1024 ** 2)
  })

  it('is plain JSON', () => {
    const { parts } = compiled(sites)
    expect(JSON.parse(JSON.stringify(parts))).toEqual(parts)
  })
})

describe('compileValue', () => {
  it('renames quantities, keeps the rest, and drops what is absent', () => {
    const value = {
      a: { unit: 'ms' as const, value: 5 },
      b: [{ c: { unit: 'bytes' as const, value: 6 } }],
      d: undefined,
      e: null,
    }
    expect(compileValue(value)).toEqual({ aMs: 5, b: [{ cBytes: 6 }], e: null })
  })
})
