import { describe, expect, it } from 'vitest'
import { createMetrics, maxSeriesPerMetric } from './metrics.ts'

describe('metrics', () => {
  it('render in the Prometheus text format', () => {
    const metrics = createMetrics()
    const requests = metrics.counter('requests_total', 'Requests\nof \\ all', { method: ['get', 'post'] })
    requests.inc(2, { method: 'get' })
    requests.inc(1, { method: 'post' })
    metrics.gauge('temperature_celsius', 'Now').set(-1.5)
    expect(metrics.render()).toBe(
      [
        '# HELP requests_total Requests\\nof \\\\ all',
        '# TYPE requests_total counter',
        'requests_total{method="get"} 2',
        'requests_total{method="post"} 1',
        '# HELP temperature_celsius Now',
        '# TYPE temperature_celsius gauge',
        'temperature_celsius -1.5',
        '',
      ].join('\n'),
    )
  })

  it('count a label value outside of its set as other, so that no request can make series', () => {
    const metrics = createMetrics()
    const counter = metrics.counter('a_total', 'A', { method: ['get'] })
    for (let n = 0; n < 1000; n += 1) counter.inc(1, { method: `evil${n}"}\n` })
    counter.inc(1)
    expect(metrics.render()).toContain('a_total{method="other"} 1001')
    expect(metrics.render().split('\n')).toHaveLength(4)
  })

  it('render histograms with cumulative buckets, sum and count', () => {
    const metrics = createMetrics()
    const histogram = metrics.histogram('wait_seconds', {
      help: 'Wait',
      buckets: [0.1, 1],
      labels: { kind: ['x'] },
    })
    for (const value of [0.05, 0.1, 0.5, 3]) histogram.observe(value, { kind: 'x' })
    expect(metrics.render().split('\n').slice(2, -1)).toEqual([
      'wait_seconds_bucket{kind="x",le="0.1"} 2',
      'wait_seconds_bucket{kind="x",le="1"} 3',
      'wait_seconds_bucket{kind="x",le="+Inf"} 4',
      'wait_seconds_sum{kind="x"} 3.65',
      'wait_seconds_count{kind="x"} 4',
    ])
  })

  it('never let a counter fall', () => {
    const metrics = createMetrics()
    const counter = metrics.counter('a_total', 'A')
    counter.inc(5)
    counter.inc(-3)
    counter.inc(Number.NaN)
    expect(metrics.counters()).toEqual({ a_total: 5 })
  })

  it('bind a series once for hot paths', () => {
    const metrics = createMetrics()
    const counter = metrics.counter('a_total', 'A', { lane: ['high', 'low'] })
    const bound = counter.bind({ lane: 'low' })
    bound.inc()
    bound.inc(2)
    counter.inc(4, { lane: 'high' })
    expect(metrics.render()).toContain('a_total{lane="low"} 3')
    expect(metrics.counters()).toEqual({ a_total: 7 })
  })

  it('give the same series to who asks twice, and refuse another type', () => {
    const metrics = createMetrics()
    metrics.counter('a_total', 'A').inc()
    metrics.counter('a_total', 'A').inc()
    expect(metrics.counters()).toEqual({ a_total: 2 })
    expect(() => metrics.gauge('a_total', 'A')).toThrow('already a counter')
  })

  it.each(['', 'A', '1a', 'a-b', 'a'.repeat(129)])('refuse the name %j', (name) => {
    expect(() => createMetrics().counter(name, 'x')).toThrow('bad name')
  })

  it('refuse label sets whose product is over the limit', () => {
    const values = Array.from({ length: maxSeriesPerMetric - 1 }, (_, n) => String(n))
    expect(() => createMetrics().counter('a', 'x', { n: values })).not.toThrow()
    expect(() => createMetrics().counter('a', 'x', { n: [...values, 'more'] })).toThrow('series')
  })
})
