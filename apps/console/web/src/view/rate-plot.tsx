import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import { get } from '../state/api.ts'
import { usePoll } from './use-poll.ts'

/** Counts per bucket, as the collector answers them. */
interface Histogram {
  readonly buckets: readonly { readonly time: string; readonly count: number }[]
}

const height = 160

function optionsOf(width: number, style: CSSStyleDeclaration): UPlot.Options {
  const ink = style.getPropertyValue('--quiet').trim()
  const axis = {
    stroke: ink,
    grid: { stroke: style.getPropertyValue('--line').trim(), width: 1 },
    font: '12px system-ui',
  }
  const accent = style.getPropertyValue('--accent').trim()
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(5, max)] } },
    axes: [axis, { ...axis, size: 44 }],
    series: [
      {},
      {
        stroke: accent,
        fill: `color-mix(in srgb, ${accent} 18%, transparent)`,
        width: 2,
        points: { show: false },
      },
    ],
  }
}

function load(): Promise<Histogram> {
  return get<Histogram>(
    `/api/histogram?from=${encodeURIComponent(new Date(Date.now() - 3_600_000).toISOString())}`,
  )
}

/** The rate of all events over the last hour, with the same numbers in words for those who cannot see it. */
export function RatePlot(): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const { value } = usePoll(load, 10)
  const buckets = value?.buckets ?? []
  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const data: UPlot.AlignedData = [
      buckets.map(({ time }) => Date.parse(time) / 1000),
      buckets.map(({ count }) => count),
    ]
    const plot = new UPlot(optionsOf(element.clientWidth, getComputedStyle(element)), data, element)
    const resize = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }))
    resize.observe(element)
    return () => {
      resize.disconnect()
      plot.destroy()
    }
  }, [value])
  const total = buckets.reduce((sum, { count }) => sum + count, 0)
  return <div ref={box} class="plot" role="img" aria-label={`${total} events in the last hour`} />
}
