import { LayerError } from '../error.ts'

/** Label names with the whole set of their values. A value outside of its set is counted as `other`. */
export type LabelSets = Readonly<Record<string, readonly string[]>>
/** Values of labels for one measurement. */
export type LabelValues = Readonly<Record<string, string>>

/** A number that only grows. */
export interface Counter {
  /** Adds `by` (default 1, never negative). */
  inc(by?: number, labels?: LabelValues): void
  /** The counter with its labels looked up once: hot path. */
  bind(labels: LabelValues): BoundCounter
}

/** A counter of one series. */
export interface BoundCounter {
  inc(by?: number): void
}

/** A number that goes up and down. */
export interface Gauge {
  set(value: number, labels?: LabelValues): void
}

/** A distribution over fixed buckets. */
export interface Histogram {
  observe(value: number, labels?: LabelValues): void
}

/** What a histogram is made of. */
export interface HistogramOptions {
  readonly help: string
  /** Upper bounds, growing; `+Inf` is added. */
  readonly buckets: readonly number[]
  readonly labels?: LabelSets
}

/** The metrics of one process, in Prometheus' text format. */
export interface Metrics {
  /** @throws LayerError LAYER_METRIC_INVALID for a bad name or one registered as another type. */
  counter(name: string, help: string, labels?: LabelSets): Counter
  /** As `counter`. */
  gauge(name: string, help: string, labels?: LabelSets): Gauge
  /** As `counter`. */
  histogram(name: string, options: HistogramOptions): Histogram
  /** Prometheus text exposition format 0.0.4. */
  render(): string
  /** Total of each counter over all labels, for the heartbeat. */
  counters(): Record<string, number>
}

interface Family {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly name: string
  readonly help: string
  readonly labels: LabelSets
  readonly names: readonly string[]
  /** Key: rendered labels without braces; for a histogram, bucket counts followed by sum and count. */
  readonly series: Map<string, number[]>
  readonly buckets: readonly number[]
}

const namePattern = /^[a-z][a-z0-9_]{0,127}$/
/** Most series of one metric: product of its label sets. */
export const maxSeriesPerMetric = 2000
const other = 'other'

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function seriesKey(family: Family, values: LabelValues | undefined): string {
  if (family.names.length === 0) return ''
  let key = ''
  for (const name of family.names) {
    const given = values?.[name]
    const value = given !== undefined && family.labels[name]?.includes(given) === true ? given : other
    key += `${key === '' ? '' : ','}${name}="${escapeLabel(value)}"`
  }
  return key
}

function seriesOf(family: Family, values: LabelValues | undefined): number[] {
  const key = seriesKey(family, values)
  let series = family.series.get(key)
  if (series === undefined) {
    series = new Array<number>(family.type === 'histogram' ? family.buckets.length + 2 : 1).fill(0)
    family.series.set(key, series)
  }
  return series
}

function add(series: number[], by: number): void {
  if (by >= 0) series[0] = (series[0] ?? 0) + by
}

function checkFamily(family: Family): void {
  const sizes = family.names.map((name) => (family.labels[name]?.length ?? 0) + 1)
  const series = sizes.reduce((product, size) => product * size, 1)
  const bad =
    !namePattern.test(family.name) ||
    family.names.some((name) => !namePattern.test(name)) ||
    series > maxSeriesPerMetric
  if (bad)
    throw new LayerError(
      'LAYER_METRIC_INVALID',
      `metric ${family.name}: bad name or more than ${maxSeriesPerMetric} series`,
    )
}

function renderHistogram(family: Family, key: string, series: readonly number[]): string {
  const prefix = key === '' ? '' : `${key},`
  const braces = key === '' ? '' : `{${key}}`
  let total = 0
  let text = ''
  family.buckets.forEach((bound, index) => {
    total += series[index] ?? 0
    text += `${family.name}_bucket{${prefix}le="${bound}"} ${total}\n`
  })
  const count = series[family.buckets.length + 1] ?? 0
  text += `${family.name}_bucket{${prefix}le="+Inf"} ${count}\n`
  return `${text}${family.name}_sum${braces} ${series[family.buckets.length] ?? 0}\n${family.name}_count${braces} ${count}\n`
}

function renderFamily(family: Family): string {
  const help = family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  let text = `# HELP ${family.name} ${help}\n# TYPE ${family.name} ${family.type}\n`
  for (const [key, series] of family.series) {
    if (family.type === 'histogram') text += renderHistogram(family, key, series)
    else text += `${family.name}${key === '' ? '' : `{${key}}`} ${series[0] ?? 0}\n`
  }
  return text
}

function observe(family: Family, value: number, labels: LabelValues | undefined): void {
  const series = seriesOf(family, labels)
  const index = family.buckets.findIndex((bound) => value <= bound)
  if (index >= 0) series[index] = (series[index] ?? 0) + 1
  const sum = family.buckets.length
  series[sum] = (series[sum] ?? 0) + value
  series[sum + 1] = (series[sum + 1] ?? 0) + 1
}

/** An empty set of metrics. */
export function createMetrics(): Metrics {
  const families = new Map<string, Family>()
  const register = (type: Family['type'], name: string, options: HistogramOptions): Family => {
    const known = families.get(name)
    if (known !== undefined) {
      if (known.type === type) return known
      throw new LayerError('LAYER_METRIC_INVALID', `metric ${name} is already a ${known.type}`)
    }
    const labels = options.labels ?? {}
    const names = Object.keys(labels)
    const family: Family = {
      type,
      name,
      help: options.help,
      labels,
      names,
      series: new Map(),
      buckets: options.buckets,
    }
    checkFamily(family)
    if (names.length === 0) seriesOf(family, undefined)
    families.set(name, family)
    return family
  }
  return {
    counter: (name, help, labels = {}) => {
      const family = register('counter', name, { help, labels, buckets: [] })
      return {
        inc: (by = 1, values) => add(seriesOf(family, values), by),
        bind: (values) => {
          const series = seriesOf(family, values)
          return { inc: (by = 1) => add(series, by) }
        },
      }
    },
    gauge: (name, help, labels = {}) => {
      const family = register('gauge', name, { help, labels, buckets: [] })
      return { set: (value, values) => void (seriesOf(family, values)[0] = value) }
    },
    histogram: (name, options) => {
      const family = register('histogram', name, options)
      return { observe: (value, values) => observe(family, value, values) }
    },
    render: () => [...families.values()].map(renderFamily).join(''),
    counters: () => {
      const totals: Record<string, number> = {}
      for (const family of families.values()) {
        if (family.type !== 'counter') continue
        let sum = 0
        for (const series of family.series.values()) sum += series[0] ?? 0
        totals[family.name] = sum
      }
      return totals
    },
  }
}
