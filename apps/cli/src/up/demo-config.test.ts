import { describe, expect, it } from 'vitest'
import { demoConfig, demoPorts, demoYaml } from './demo-config.ts'

const options = { banDuration: '30s', dataDir: '/srv/it has "quotes" and #' }

describe('demoConfig', () => {
  it('enforces on the shop and takes folder and ports as they are given', () => {
    const { dataDir, parts } = demoConfig({ site: 1, console: 2, api: 3, shop: 4 }, options)
    expect(dataDir).toBe(options.dataDir)
    expect(parts.edge.sites).toMatchObject([
      { name: 'shop', mode: 'enforce', listen: { port: 1 }, upstream: { port: 4 } },
    ])
    expect(parts.console.listen.port).toBe(2)
    expect(parts.detection).toMatchObject({
      mode: 'enforce',
      banDurationMs: 30_000,
      api: { listen: { port: 3 } },
    })
    expect(parts.detection.sources[0]).toMatchObject({
      file: `${options.dataDir}/shop/access.log`,
      site: 'shop',
    })
  })

  it('listens on loopback only', () => {
    expect(demoYaml(demoPorts, options)).not.toMatch(/0\.0\.0\.0|\[::\]/)
    const { edge, console, detection } = demoConfig(demoPorts, options).parts
    for (const { host } of [...edge.ownListeners, console.listen, detection.api.listen])
      expect(host).toBe('127.0.0.1')
  })

  it('says what is wrong with an odd ban duration', () => {
    expect(() => demoConfig(demoPorts, { ...options, banDuration: '400d' })).toThrow(
      /banDuration must be between/,
    )
  })
})
