import { resolve } from 'node:path'
import { HubEngine } from '@sevenfold/behaviour'
import type { EventRecord } from '@sevenfold/behaviour'
import { exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { chooseHub } from './choose-hub.ts'
import { eachLogLine } from './log-lines.ts'
import { noteProblems } from './note-problems.ts'

const progressEvery = 100_000

/** The alerts of an overflow, as lines of the answer. */
function answersOf({ Overflow }: EventRecord): readonly string[] {
  return (Overflow?.APIAlerts ?? []).map((alert) =>
    JSON.stringify({
      scenario: alert.Scenario,
      scope: alert.Source.Scope,
      value: alert.Source.Value,
      events: alert.EventsCount,
      remediation: alert.Remediation,
      whitelisted: Overflow?.Whitelisted ?? false,
      startAt: alert.StartAt,
      stopAt: alert.StopAt,
      message: alert.Message,
      context: Object.fromEntries(alert.Meta.map(({ Key, Value }) => [Key, Value])),
    }),
  )
}

/** Runs a log through the rules on the time of its lines, one alert a line. */
export function runReplay(call: Call): Promise<number> {
  const chosen = chooseHub(call)
  const engine = new HubEngine(chosen.files, {
    clock: 'log',
    backend: chosen.backend,
    facilities: chosen.facilities,
    onOverflow: (record) => {
      for (const answer of answersOf(record)) call.io.out(answer)
    },
    onFault: (scenario, error) => call.io.note(`${scenario} is switched off: ${String(error)}`),
  })
  noteProblems(call, [...chosen.problems, ...engine.rules.problems])
  let read = 0
  for (const word of call.words) {
    const source = resolve(call.io.cwd, word)
    eachLogLine(source, (raw) => {
      engine.takeLine({ raw, source, module: 'file', labels: chosen.labels })
      read += 1
      if (read % progressEvery === 0) call.io.note(`${read} lines`)
    })
  }
  const { lines, unparsed, whitelisted, poured, overflows } = engine.counters()
  call.io.note(
    `${lines} lines: ${unparsed} not parsed, ${whitelisted} whitelisted, ${poured} poured into scenarios; ${overflows} overflows`,
  )
  return Promise.resolve(exitCodes.ok)
}
