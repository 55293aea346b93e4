import { resolve } from 'node:path'
import { HubEngine } from '@sevenfold/behaviour'
import type { CompiledScenario } from '@sevenfold/behaviour'
import { exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { table } from '../program/table.ts'
import { chooseHub } from './choose-hub.ts'
import { eachLogLine } from './log-lines.ts'
import { noteProblems } from './note-problems.ts'

const shownScenarios = 20
/** Lines before measuring: what comes first is mostly the time that compiling takes. */
const warmUpLines = 20_000

function cpuSeconds(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1e6
}

interface Measured {
  readonly lines: number
  readonly seconds: number
  readonly warmSeconds: number
  readonly warmLines: number
}

/** Runs lines through an engine and measures the CPU time of this process. */
function measure(call: Call, take: (raw: string) => void): Measured {
  let lines = 0
  let warm: { at: number; usage: NodeJS.CpuUsage } | undefined
  const started = process.cpuUsage()
  for (const word of call.words) {
    eachLogLine(resolve(call.io.cwd, word), (raw) => {
      take(raw)
      lines += 1
      if (lines === warmUpLines) warm = { at: lines, usage: process.cpuUsage() }
    })
  }
  const seconds = cpuSeconds(started)
  if (warm === undefined) return { lines, seconds, warmSeconds: seconds, warmLines: lines }
  return { lines, seconds, warmSeconds: cpuSeconds(warm.usage), warmLines: lines - warm.at }
}

function rows(scenarios: readonly CompiledScenario[]): readonly (readonly string[])[] {
  return scenarios
    .toSorted((a, b) => b.counters.cpuMicros - a.counters.cpuMicros)
    .slice(0, shownScenarios)
    .map(({ spec, counters }) => [
      spec.name,
      (counters.cpuMicros / 1000).toFixed(1),
      String(counters.matched),
      String(counters.poured),
      String(counters.overflowed),
    ])
}

/** Measures how fast rules are on a log, and which scenarios take the time. */
export function runBench(call: Call): Promise<number> {
  const chosen = chooseHub(call)
  const loading = process.cpuUsage()
  const engine = new HubEngine(chosen.files, {
    clock: 'log',
    backend: chosen.backend,
    facilities: chosen.facilities,
    onOverflow: () => {},
    ...(call.flag('scenarios') ? { stopwatch: () => performance.now() * 1000 } : {}),
  })
  const loadSeconds = cpuSeconds(loading)
  noteProblems(call, [...chosen.problems, ...engine.rules.problems])
  const measured = measure(call, (raw) => {
    engine.takeLine({ raw, source: 'bench', module: 'file', labels: chosen.labels })
  })
  const counters = engine.counters()
  const summary = {
    scenarios: engine.scenarios.length,
    loadSeconds,
    lines: measured.lines,
    cpuSeconds: measured.seconds,
    linesPerCpuSecond: Math.round(measured.lines / measured.seconds),
    warmLinesPerCpuSecond: Math.round(measured.warmLines / measured.warmSeconds),
    overflows: counters.overflows,
    unparsed: counters.unparsed,
    buckets: counters.buckets,
    rssMb: Math.round(process.memoryUsage.rss() / 1e6),
  }
  call.io.out(call.json ? JSON.stringify(summary) : text(summary))
  if (call.flag('scenarios') && !call.json)
    call.io.out(table(['scenario', 'cpu ms', 'matched', 'poured', 'overflows'], rows(engine.scenarios)))
  return Promise.resolve(exitCodes.ok)
}

interface Summary {
  readonly scenarios: number
  readonly loadSeconds: number
  readonly lines: number
  readonly cpuSeconds: number
  readonly linesPerCpuSecond: number
  readonly warmLinesPerCpuSecond: number
  readonly overflows: number
  readonly rssMb: number
}

function text(summary: Summary): string {
  return [
    `${summary.scenarios} scenarios, loaded in ${summary.loadSeconds.toFixed(1)} s of CPU time`,
    `${summary.lines} lines in ${summary.cpuSeconds.toFixed(1)} s: ${summary.linesPerCpuSecond} lines per CPU-second, ${summary.warmLinesPerCpuSecond} after the first ${warmUpLines}`,
    `${summary.overflows} overflows, ${summary.rssMb} MB resident`,
  ].join('\n')
}
