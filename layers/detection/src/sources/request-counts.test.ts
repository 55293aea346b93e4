import { createMetrics } from '@sevenfold/layer'
import { describe, expect, it } from 'vitest'
import { RequestCounts, maxCountedSites } from './request-counts.ts'

const line = '{"status":200}'

describe('RequestCounts', () => {
  it('counts the requests of a site, and only those', () => {
    const metrics = createMetrics()
    const take = new RequestCounts(metrics).forSource({ site: 'my-shop', format: 'json-access' })
    for (const text of [line, '{"event":"login"}', line]) take(text)
    expect(metrics.counters()).toEqual({ sevenfold_detection_requests_my_shop_total: 2 })
  })
  it('takes the longest of several logs of one site', () => {
    const metrics = createMetrics()
    const counts = new RequestCounts(metrics)
    const [app, server] = [0, 1].map(() => counts.forSource({ site: 'shop', format: 'json-access' }))
    for (const take of [app, server, server, app, server]) take?.(line)
    expect(metrics.counters()).toEqual({ sevenfold_detection_requests_shop_total: 3 })
  })
  it('counts nothing of logs that belong to no site, or to one too many', () => {
    const metrics = createMetrics()
    const counts = new RequestCounts(metrics)
    counts.forSource({ format: 'json-access' })(line)
    for (let n = 0; n <= maxCountedSites; n += 1)
      counts.forSource({ site: `s${n}`, format: 'json-access' })(line)
    expect(Object.keys(metrics.counters())).toHaveLength(maxCountedSites)
  })
})
