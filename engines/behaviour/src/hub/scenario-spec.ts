import { parseGoDuration } from '../helpers/go-duration.ts'
import { readDataSpecs } from './node-spec.ts'
import type { DataSpec } from './node-spec.ts'
import type { RuleDocument, RuleProblem } from './rule-document.ts'
import { RuleReader } from './rule-reader.ts'
import type { RulePlace } from './rule-reader.ts'

/** Kinds of buckets. */
export const bucketTypes = ['leaky', 'trigger', 'counter', 'conditional', 'bayesian'] as const
/** Kind of a bucket. */
export type BucketType = (typeof bucketTypes)[number]

/** One condition of a bayesian bucket. */
export interface BayesianCondition {
  readonly condition: string
  readonly probGivenEvil: number
  readonly probGivenBenign: number
  /** Once true, true for good. */
  readonly guillotine: boolean
}

/** A scenario as it is written; durations in nanoseconds. */
export interface ScenarioSpec {
  readonly type: BucketType
  readonly name: string
  readonly description: string
  readonly filter: string
  readonly groupBy: string
  readonly distinct: string
  readonly capacity: number
  readonly leakSpeedNs: number
  readonly durationNs: number
  readonly blackholeNs: number
  readonly cacheSize: number
  readonly condition: string
  readonly cancelOn: string
  readonly overflowFilter: string
  readonly reprocess: boolean
  readonly scope: { readonly type: string; readonly expression: string }
  readonly labels: Readonly<Record<string, unknown>>
  readonly version: string
  readonly data: readonly DataSpec[]
  readonly bayesian:
    | {
        readonly prior: number
        readonly threshold: number
        readonly conditions: readonly BayesianCondition[]
      }
    | undefined
  readonly place: RulePlace
}

/** Highest capacity of a bucket: a bucket keeps so many events. */
export const maxCapacity = 100_000

/** Reads one document of a scenario file; undefined for an empty one. */
export function readScenarioSpec(document: RuleDocument, problems: RuleProblem[]): ScenarioSpec | undefined {
  if (document.value === null) return undefined
  const reader = new RuleReader(document, problems)
  for (const key of ['format', 'author']) reader.text(key)
  reader.texts('references')
  reader.flag('debug')
  const spec: ScenarioSpec = {
    type: readType(reader),
    name: reader.text('name'),
    description: reader.text('description'),
    filter: reader.text('filter'),
    groupBy: reader.text('groupby'),
    distinct: reader.text('distinct'),
    capacity: reader.integer('capacity', 0),
    leakSpeedNs: duration(reader, 'leakspeed'),
    durationNs: duration(reader, 'duration'),
    blackholeNs: duration(reader, 'blackhole'),
    cacheSize: reader.integer('cache_size', 0),
    condition: reader.text('condition'),
    cancelOn: reader.text('cancel_on'),
    overflowFilter: reader.text('overflow_filter'),
    reprocess: reader.flag('reprocess'),
    scope: readScope(reader.inner('scope')),
    labels: reader.values('labels'),
    version: reader.text('version'),
    data: readDataSpecs(reader),
    bayesian: readBayesian(reader),
    place: reader.place,
  }
  reader.end()
  check(spec, reader)
  return spec
}

function readType(reader: RuleReader): BucketType {
  const text = reader.text('type')
  const type = bucketTypes.find((known) => known === text)
  if (type === undefined) reader.problem('type', `type must be one of ${bucketTypes.join(', ')}`)
  return type ?? 'trigger'
}

function duration(reader: RuleReader, key: string): number {
  const text = reader.text(key)
  if (text === '') return 0
  const nanoseconds = parseGoDuration(text)
  if (nanoseconds === undefined) reader.problem(key, `${key} must be a duration such as 10s or 1h30m`)
  return nanoseconds ?? 0
}

function readScope(reader: RuleReader | undefined): ScenarioSpec['scope'] {
  if (reader === undefined) return { type: 'Ip', expression: '' }
  const type = reader.text('type')
  const expression = reader.text('expression')
  reader.end()
  if ((type === '' || type === 'Ip') && expression !== '')
    reader.problem('expression', 'scope Ip takes the address of the event and no expression')
  if (!['', 'Ip', 'Range'].includes(type) && expression === '')
    reader.problem(undefined, `scope ${type} needs an expression`)
  return { type: type === '' ? 'Ip' : type, expression }
}

function readBayesian(reader: RuleReader): ScenarioSpec['bayesian'] {
  const prior = reader.number('bayesian_prior', 0)
  const threshold = reader.number('bayesian_threshold', 0)
  const conditions = reader.list('bayesian_conditions').map((item) => {
    const condition = {
      condition: item.text('condition'),
      probGivenEvil: item.number('prob_given_evil', 0),
      probGivenBenign: item.number('prob_given_benign', 0),
      guillotine: item.flag('guillotine'),
    }
    item.end()
    if (condition.condition === '') item.problem(undefined, 'a condition is needed')
    return condition
  })
  return threshold === 0 && conditions.length === 0 ? undefined : { prior, threshold, conditions }
}

function check(spec: ScenarioSpec, reader: RuleReader): void {
  if (spec.name === '') reader.problem(undefined, 'the scenario has no name')
  if (spec.description === '') reader.problem(undefined, 'the scenario has no description')
  if (spec.filter === '') reader.problem(undefined, 'the scenario has no filter')
  if (spec.capacity > maxCapacity) reader.problem('capacity', `capacity must be at most ${maxCapacity}`)
  if (spec.blackholeNs < 0) reader.problem('blackhole', 'blackhole must not be negative')
  if (spec.cacheSize < 0) reader.problem('cache_size', 'cache_size must not be negative')
  checkType(spec, reader)
}

function checkType(spec: ScenarioSpec, reader: RuleReader): void {
  const { type, capacity, leakSpeedNs, durationNs, bayesian } = spec
  if (type === 'leaky' && capacity <= 0) reader.problem('capacity', 'a leaky bucket needs a capacity above 0')
  if (type === 'trigger' && capacity !== 0) reader.problem('capacity', 'a trigger has capacity 0')
  if ((type === 'counter' || type === 'bayesian') && capacity !== -1)
    reader.problem('capacity', `a ${type} bucket has capacity -1`)
  if ((type === 'leaky' || type === 'conditional') && leakSpeedNs <= 0)
    reader.problem('leakspeed', `a ${type} bucket needs a leakspeed above 0`)
  if (type === 'counter' && durationNs <= 0) reader.problem('duration', 'a counter needs a duration above 0')
  if (type === 'conditional' && spec.condition === '')
    reader.problem(undefined, 'a conditional bucket needs a condition')
  if (type !== 'bayesian') return
  if (bayesian === undefined || bayesian.conditions.length === 0)
    reader.problem(undefined, 'a bayesian bucket needs bayesian_conditions')
  if (!isShare(bayesian?.prior))
    reader.problem('bayesian_prior', 'bayesian_prior must be above 0 and at most 1')
  if (!isShare(bayesian?.threshold))
    reader.problem('bayesian_threshold', 'bayesian_threshold must be above 0 and at most 1')
}

function isShare(value: number | undefined): boolean {
  return value !== undefined && value > 0 && value <= 1
}
