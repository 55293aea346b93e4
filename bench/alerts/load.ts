// The alert load of a day: how many incidents a person gets from a hundred thousand matches, beside the usual ways to
// group, and whether any planted attack was lost. Run: npm run bench:alerts [seed]
import {
  IncidentBook,
  RuleJudge,
  compileRules,
  detail,
  readRuleDocuments,
} from '../../backbone/alerts/src/index.ts'
import type { Alert, Incident } from '../../backbone/alerts/src/index.ts'
import { printLimit } from '../silence/limit.ts'
import { createRandom } from '../silence/random.ts'
import { makeDay } from './day.ts'
import type { Planted } from './day.ts'

const seed = Number(process.argv[2] ?? 2026)
const hour = 3_600_000

/** One incident for each rule and first actor in an hour: what most tools call grouping. */
class PlainGroups {
  readonly #last = new Map<string, number>()
  count = 0

  take(key: string, timeMs: number): void {
    const last = this.#last.get(key)
    if (last === undefined || timeMs - last > hour) this.count += 1
    this.#last.set(key, timeMs)
  }
}

function isFound(planted: Planted, incidents: readonly Incident[]): boolean {
  return incidents.some((incident) => {
    const { entities, groups, cases } = detail(incident)
    const names = new Set(groups.map(({ rule }) => rule.name))
    return (
      cases === 1 &&
      entities.some(({ value }) => value === planted.entity) &&
      planted.rules.every((name) => names.has(name))
    )
  })
}

const rules = compileRules(await readRuleDocuments(['builtin']), [])
const judge = new RuleJudge(rules)
let next = 1
const book = new IncidentBook({ mergeWindowMs: hour, newId: () => `inc-${next++}` })
const [bySource, byRule] = [new PlainGroups(), new PlainGroups()]
const { events, planted } = makeDay(createRandom(seed))
const begun = process.cpuUsage()
let matches = 0

function take(alert: Alert): void {
  matches += alert.count
  const [actor] = alert.actors
  bySource.take(`${alert.rule.id} ${actor?.value ?? ''}`, alert.timeMs)
  byRule.take(alert.rule.id, alert.timeMs)
  book.take(alert)
}

for (const { event, timeMs } of events) for (const alert of judge.judge({ event, timeMs })) take(alert)
const used = process.cpuUsage(begun)
const seconds = (used.user + used.system) / 1e6
const incidents = book.incidents().filter(({ state }) => state === 'open')
const lost = planted.filter((attack) => !isFound(attack, incidents))

console.log(`alert load: one made day, seed ${seed}, ${events.length} events, node ${process.version}`)
console.log(`matches of rules                         ${matches}`)
console.log(`one incident a rule and source, 1 h      ${bySource.count}`)
console.log(`one incident a rule, 1 h                 ${byRule.count}`)
console.log(`incidents                                ${incidents.length}  (goal at most 20)`)
console.log(`planted attacks found                    ${planted.length - lost.length} of ${planted.length}`)
for (const { name } of lost) console.log(`  lost: ${name}`)
console.log(
  `judged and grouped                       ${Math.round(events.length / seconds)} events a second of CPU time`,
)
console.log(`cases in memory                          ${book.state.cases}, dropped ${book.state.evicted}`)
for (const incident of incidents.toSorted((a, b) => b.score - a.score)) {
  const { title, score, count, cases, entities } = detail(incident)
  console.log(
    `  ${String(score).padStart(6)}  ${String(count).padStart(6)} alerts  ${String(cases).padStart(4)} actors  ${title}: ${entities[0]?.value ?? ''}`,
  )
}
console.log('')
printLimit('matches of the day', matches, { least: 100_000 })
printLimit('incidents of the day', incidents.length, { most: 20 })
printLimit('planted attacks lost', lost.length, { most: 0 })
