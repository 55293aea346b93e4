import { compileConfig, readConfig } from '@sevenfold/config'
import { describe, expect, it } from 'vitest'
import { planConfigurations } from '../matrix/configuration.ts'
import { bedConfigText, needsSite, siteName } from './bed-config.ts'

const sites = planConfigurations(['edge', 'runtime', 'detection'])
  .distinct.filter(({ layers }) => needsSite(layers))
  .map((configuration, index) => ({ configuration, port: 20_000 + index, upstreamPort: 30_000 }))

const text = bedConfigText({
  data: '/bed/data',
  sites,
  apiPort: 20_100,
  consolePort: 20_101,
  logPaths: ['/bed/shop/access.log', '/bed/guarded/access.log'],
})

describe('bedConfigText', () => {
  const read = readConfig(text, 'sevenfold.yaml')

  it('is accepted by the configuration schema', () => {
    expect(read.problems).toEqual([])
  })

  it('has a site for each configuration that needs an edge, with the steps of absent layers off', () => {
    if (!read.ok) throw new Error('refused')
    const { edge, detection } = compileConfig(read.config, '/bed').parts
    expect(edge.sites.map((site) => site.name)).toEqual([
      'proof-edge',
      'proof-detection',
      'proof-runtime-detection',
      'proof-edge-detection',
      'proof-edge-runtime',
      'proof-edge-runtime-detection',
    ])
    const steps = (name: string): unknown => edge.sites.find((site) => site.name === name)?.steps
    expect(steps('proof-edge')).toMatchObject({ waf: 'enforce', ban: 'off', limits: 'enforce' })
    expect(steps('proof-detection')).toMatchObject({ waf: 'off', ban: 'enforce', limits: 'off' })
    expect(steps('proof-edge-detection')).toMatchObject({ waf: 'enforce', ban: 'enforce' })
    expect(detection.sources).toMatchObject([
      { file: '/bed/shop/access.log', format: 'json-access' },
      { file: '/bed/guarded/access.log', format: 'json-access' },
    ])
  })
})

describe('siteName', () => {
  it('has no plus sign', () => {
    expect(siteName({ name: 'edge+detection', layers: ['edge', 'detection'] })).toBe('proof-edge-detection')
  })
})
