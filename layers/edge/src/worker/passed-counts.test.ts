import { createMetrics } from '@sevenfold/layer'
import { describe, expect, it } from 'vitest'
import { PassedCounts, maxCountedSites } from './passed-counts.ts'

describe('PassedCounts', () => {
  it('publishes what came since the last time, in all and by site', () => {
    const metrics = createMetrics()
    const counts = new PassedCounts(metrics)
    counts.publish(new Map([['my-shop', 3]]))
    counts.publish(
      new Map([
        ['my-shop', 5],
        ['blog', 1],
      ]),
    )
    expect(metrics.counters()).toEqual({
      sevenfold_edge_upstream_requests_total: 6,
      sevenfold_edge_upstream_requests_my_shop_total: 5,
      sevenfold_edge_upstream_requests_blog_total: 1,
    })
  })
  it(`gives ${maxCountedSites} sites a counter of their own, and the total counts all`, () => {
    const metrics = createMetrics()
    const sites = Array.from({ length: maxCountedSites + 1 }, (_, n): [string, number] => [`s${n}`, 1])
    new PassedCounts(metrics).publish(new Map(sites))
    const counters = metrics.counters()
    expect(Object.keys(counters)).toHaveLength(maxCountedSites + 1)
    expect(counters['sevenfold_edge_upstream_requests_total']).toBe(maxCountedSites + 1)
  })
})
