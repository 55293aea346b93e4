import { describe, expect, it } from 'vitest'

import {
  metRequestsCounter,
  passedRequestsCounter,
  siteOfCounter,
  siteRequestsCounter,
} from './request-counters.ts'

describe('counters of requests', () => {
  it.each(['passed', 'logged'] as const)('name the site of what was %s', (kind) => {
    for (const site of ['shop', 'my-shop', 'a', '7', 'total', 'a'.repeat(63)])
      expect(siteOfCounter(siteRequestsCounter(kind, site))).toEqual({
        kind,
        site: site.replaceAll('-', '_'),
      })
  })

  it('are names that a metric may have', () => {
    for (const site of ['my-shop', '0-0'])
      expect(siteRequestsCounter('logged', site)).toMatch(/^[a-z_][a-z0-9_]*$/)
  })

  it.each([
    passedRequestsCounter,
    metRequestsCounter,
    '',
    '_total',
    'sevenfold_edge_upstream_requests__total',
    'sevenfold_edge_upstream_requests_shop',
    'sevenfold_edge_upstream_requests_Shop_total',
    'sevenfold_edge_upstream_requests_a b_total',
    'sevenfold_detection_requests_total',
    `sevenfold_edge_upstream_requests_${'a'.repeat(64)}_total`,
    'x_sevenfold_edge_upstream_requests_shop_total',
  ])('of %j speak of no site', (counter) => {
    expect(siteOfCounter(counter)).toBeUndefined()
  })
})
