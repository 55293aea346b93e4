// Going dark: false alarms and delays of the silence engine beside the usual rules, on simulated sources.
// Run: npx tsx --conditions=@sevenfold/source bench/silence/main.ts [repeats] [seed]
import { ChatterWatch, HeartbeatWatch, PathWatch, learnBaseline } from '../../engines/silence/src/index.ts'
import { printLimit } from './limit.ts'
import { createRandom, negativeBinomial } from './random.ts'

const day = 1440
const trainMinutes = 14 * day
const testMinutes = 14 * day
const repeats = Number(process.argv[2] ?? 12)
const seed = Number(process.argv[3] ?? 2026)
// An alarm that stays is one alarm; it ends after an hour without it.
const rearmMinutes = 60

interface SourceClass {
  readonly name: string
  readonly perMinute: number
  readonly swing: number
  readonly size: number
}

const classes: readonly SourceClass[] = [
  { name: 'steady 20/min', perMinute: 20, swing: 0.2, size: 20 },
  { name: 'daily 5/min', perMinute: 5, swing: 0.9, size: 8 },
  { name: 'bursty 5/min', perMinute: 5, swing: 0.6, size: 0.7 },
  { name: 'sparse 0.2/min', perMinute: 0.2, swing: 0.6, size: 5 },
  { name: 'busy 50/min', perMinute: 50, swing: 0.8, size: 3 },
]

interface Series {
  readonly counts: Uint32Array
  readonly dropAt: number
}

function makeSeries(source: SourceClass, keep: number, random: () => number): Series {
  const counts = new Uint32Array(trainMinutes + testMinutes)
  const dropAt = counts.length - day + Math.floor(random() * 600)
  for (let minute = 0; minute < counts.length; minute += 1) {
    const weekday = Math.floor(minute / day) % 7
    const hour = (minute % day) / day
    const season = (weekday >= 5 ? 0.5 : 1) * (1 + source.swing * Math.sin(2 * Math.PI * (hour - 0.3)))
    const share = minute >= dropAt ? keep : 1
    counts[minute] = negativeBinomial(source.perMinute * season * share, source.size, random)
  }
  return { counts, dropAt }
}

/** Says for each minute in turn, from the first, whether it alarms. */
type Detector = (series: Series) => (minute: number) => boolean

function sumDetector(minutes: number, test: (sum: number, minute: number) => boolean): Detector {
  return ({ counts }) => {
    let sum = 0
    return (minute) => {
      sum += counts[minute] ?? 0
      if (minute >= minutes) sum -= counts[minute - minutes] ?? 0
      return minute >= minutes && test(sum, minute)
    }
  }
}

const zScore: Detector = (series) => {
  const profile = new Float64Array(168)
  for (let minute = 0; minute < trainMinutes; minute += 1) {
    const slot = Math.floor(minute / 60) % 168
    profile[slot] = (profile[slot] ?? 0) + (series.counts[minute] ?? 0) / 2
  }
  return sumDetector(60, (sum, minute) => {
    const expected = profile[Math.floor(minute / 60) % 168] ?? 0
    return (sum - expected) / Math.sqrt(Math.max(expected, 1)) < -3
  })(series)
}

const chatter: Detector = ({ counts }) => {
  const watch = new ChatterWatch(learnBaseline({ firstMinute: 0, counts: counts.subarray(0, trainMinutes) }))
  return (minute) => minute >= trainMinutes - 240 && watch.observe(minute, counts[minute] ?? 0) !== null
}

const detectors: readonly (readonly [name: string, detector: Detector])[] = [
  ['sevenfold', chatter],
  ['none for 5 min', sumDetector(5, (sum) => sum === 0)],
  ['none for 60 min', sumDetector(60, (sum) => sum === 0)],
  ['z-score 60 min', zScore],
]

interface Outcome {
  readonly falseAlarms: number
  readonly days: number
  readonly delay: number
}

function judge(series: Series, detector: Detector): Outcome {
  const alarms = detector(series)
  let falseAlarms = 0
  let rearmAt = 0
  for (let minute = 0; minute < series.dropAt; minute += 1) {
    const isAlarm = alarms(minute)
    if (!isAlarm || minute < trainMinutes) continue
    if (minute >= rearmAt) falseAlarms += 1
    rearmAt = minute + rearmMinutes
  }
  let delay = Number.POSITIVE_INFINITY
  for (
    let minute = series.dropAt;
    minute < series.counts.length && delay === Number.POSITIVE_INFINITY;
    minute += 1
  ) {
    if (alarms(minute)) delay = minute - series.dropAt + 1
  }
  return { falseAlarms, days: (series.dropAt - trainMinutes) / day, delay }
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN
}

/** False alarms a source-day over all classes, and the longest median delay of a 70 % drop where 5 a minute are usual. */
interface ChatterFigures {
  readonly falseAlarms: number
  readonly dropMinutes: number
}

function chatterTable(): ChatterFigures {
  let dropMinutes = 0
  console.log(`chatter: ${repeats} sources a class, 14 days learnt, 14 days watched, seed ${seed}`)
  console.log('source           detector          false alarms/day   silence p50   70 % drop p50 (min)')
  const totals = new Map<string, { alarms: number; days: number }>()
  for (const source of classes) {
    for (const [name, detector] of detectors) {
      const random = createRandom(seed)
      const runs = [0, 0.3].map((keep) =>
        Array.from({ length: repeats }, () => judge(makeSeries(source, keep, random), detector)),
      )
      const all = runs.flat()
      const alarms = all.reduce((sum, run) => sum + run.falseAlarms, 0)
      const days = all.reduce((sum, run) => sum + run.days, 0)
      const total = totals.get(name) ?? { alarms: 0, days: 0 }
      totals.set(name, { alarms: total.alarms + alarms, days: total.days + days })
      const delays = runs.map((part) =>
        percentile(
          part.map((run) => run.delay),
          0.5,
        ),
      )
      if (name === 'sevenfold' && source.perMinute >= 5) dropMinutes = Math.max(dropMinutes, delays[1] ?? 0)
      const shown = delays.map((delay) => (Number.isFinite(delay) ? String(delay) : 'missed'))
      console.log(
        `${source.name.padEnd(16)} ${name.padEnd(17)} ${(alarms / days).toFixed(4).padStart(16)} ${(shown[0] ?? '').padStart(13)} ${(shown[1] ?? '').padStart(15)}`,
      )
    }
  }
  for (const [name, { alarms, days }] of totals)
    console.log(
      `all classes      ${name.padEnd(17)} ${(alarms / days).toFixed(4).padStart(16)}  (${alarms} in ${days.toFixed(0)} source-days)`,
    )
  const { alarms, days } = totals.get('sevenfold') ?? { alarms: Number.NaN, days: 1 }
  return { falseAlarms: alarms / days, dropMinutes }
}

/** Loss in bursts: a state that loses every beat, entered and left at random, with the given share in the long run. */
/** False alarms a source-day and the seconds in which 99 of 100 stops are found. */
function heartbeatTable(): { readonly falseAlarms: number; readonly stopSeconds: number } {
  const random = createRandom(seed)
  const sources = 400
  const days = 1
  const meanBurstBeats = 2
  const lossShare = 0.01
  let alarms = 0
  let withoutProbes = 0
  const delays: number[] = []
  for (let source = 0; source < sources; source += 1) {
    const watch = new HeartbeatWatch()
    const alone = new HeartbeatWatch()
    const beats = Math.floor((days * 86_400) / 10)
    let isLosing = false
    let wasDark = false
    let wasDarkAlone = false
    for (let beat = 0; beat < beats; beat += 1) {
      isLosing = isLosing
        ? random() > 1 / meanBurstBeats
        : random() < lossShare / (1 - lossShare) / meanBurstBeats
      const now = beat * 10_000 + random() * 500
      if (!isLosing) for (const each of [watch, alone]) each.beat('a', now)
      const check = now + 9_000
      // Two peers probe a suspect; each probe is lost as often as a beat, but on a path of its own.
      if (watch.state('a', check).kind !== 'alive' && (random() > lossShare || random() > lossShare))
        watch.probed('a', check)
      const isDark = watch.state('a', check).kind === 'dark'
      const isDarkAlone = alone.state('a', check).kind === 'dark'
      if (isDark && !wasDark) alarms += 1
      if (isDarkAlone && !wasDarkAlone) withoutProbes += 1
      wasDark = isDark
      wasDarkAlone = isDarkAlone
    }
    const death = beats * 10_000 + random() * 10_000
    watch.beat('a', beats * 10_000 + random() * 500)
    let now = death
    while (watch.state('a', now).kind !== 'dark') now += 1000
    delays.push((now - death) / 1000)
  }
  const perDay = (count: number): string => (count / (sources * days)).toFixed(4)
  console.log(`\nheartbeats: ${sources * days} source-days, 1 % loss in bursts of ${meanBurstBeats} beats`)
  console.log(
    `sevenfold        false alarms/day ${perDay(alarms)}   stop found p50 ${percentile(delays, 0.5).toFixed(0)} s, p99 ${percentile(delays, 0.99).toFixed(0)} s`,
  )
  console.log(`without probes   false alarms/day ${perDay(withoutProbes)}`)
  return { falseAlarms: alarms / (sources * days), stopSeconds: percentile(delays, 0.99) }
}

/** Seconds in which 99 of 100 muted logs are found, how many never were, and false alarms. */
function muteTable(): { readonly seconds: number; readonly missed: number; readonly falseAlarms: number } {
  const random = createRandom(seed)
  const delays: number[] = []
  let falseAlarms = 0
  for (let source = 0; source < 400; source += 1) {
    const watch = new PathWatch()
    let [counted, written, arrived, behind] = [0, 0, 0, 0]
    const muteAt = 3600 + Math.floor(random() * 600)
    for (let second = 0; second < muteAt + 300; second += 10) {
      const blocks = negativeBinomial(0.5, 1, random)
      counted += blocks
      if (second < muteAt) written += blocks + 1
      // The receiver is behind now and then, up to four beats.
      behind = random() < 0.3 && behind < 4 ? behind + 1 : 0
      if (behind === 0) arrived = written
      watch.observe({ agent: 'a', epoch: 'e', boot: 1, counted, written }, arrived, second * 1000)
      const isMuted = watch.problems('a').length > 0
      if (isMuted && second < muteAt) falseAlarms += 1
      if (isMuted && second >= muteAt) {
        delays.push(second - muteAt)
        break
      }
    }
  }
  console.log(
    `\nmuted log path with a live heartbeat: found in ${delays.length} of 400, p50 ${percentile(delays, 0.5)} s, p99 ${percentile(delays, 0.99)} s, ${falseAlarms} false`,
  )
  return { seconds: percentile(delays, 0.99), missed: 400 - delays.length, falseAlarms }
}

const chatterFigures = chatterTable()
const beats = heartbeatTable()
const mutes = muteTable()
console.log('')
printLimit('chatter: false alarms a source-day', chatterFigures.falseAlarms, { most: 0.03 })
printLimit('70 % drop of at least 5 a minute, slowest class, p50 minutes', chatterFigures.dropMinutes, {
  most: 60,
})
printLimit('heartbeats: false alarms a source-day', beats.falseAlarms, { most: 0.01 })
printLimit('heartbeat stop found, p99 seconds', beats.stopSeconds, { most: 45 })
printLimit('muted log with a live heartbeat, p99 seconds', mutes.seconds, { most: 120 })
printLimit('muted logs that were missed', mutes.missed, { most: 0 })
printLimit('muted logs: false alarms', mutes.falseAlarms, { most: 0 })
