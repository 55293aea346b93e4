import { createSeclangInspector } from '@sevenfold/seclang'
import type { SeclangInspector } from '@sevenfold/seclang'
import { evaluateRequest } from '@sevenfold/seclang/tools'
import type { EvalRequest } from '@sevenfold/seclang/tools'
import { exitCodes, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { table } from '../program/table.ts'
import { benchCorpus } from './bench-corpus.ts'
import type { BenchClass } from './bench-corpus.ts'
import { compileRules, readRules } from './load-rules.ts'
import { sampleFile } from './sample-file.ts'

const perClass = 200
const defaultSeconds = 5
const mostSeconds = 600
const fewestRepeats = 3
const mostRequests = 100_000

/** What one class of requests costs. */
interface Measured {
  readonly class: string
  readonly requests: number
  readonly blocked: number
  /** Median over the repeats, CPU time of this process. */
  readonly microsPerRequest: number
  readonly perCpuSecond: number
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

function judge(requests: readonly EvalRequest[], inspector: SeclangInspector): number {
  let blocked = 0
  for (const request of requests) if (evaluateRequest(request, inspector).verdict === 'block') blocked += 1
  return blocked
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

/** Repeats all classes in turn, so that a slow moment of the machine meets each of them alike. */
function measure(
  classes: readonly BenchClass[],
  inspector: SeclangInspector,
  budgetMicros: number,
): Measured[] {
  // The first round warms up the compiler and counts.
  const blocked = classes.map(({ requests }) => judge(requests, inspector))
  const costs = classes.map((): number[] => [])
  const start = cpuMicros()
  for (let round = 0; round < fewestRepeats || cpuMicros() - start < budgetMicros; round += 1) {
    for (const [at, { requests }] of classes.entries()) {
      const before = cpuMicros()
      judge(requests, inspector)
      costs[at]?.push((cpuMicros() - before) / requests.length)
    }
  }
  return classes.map(({ name, requests }, at) => {
    const micros = Math.max(0.1, median(costs[at] ?? []))
    return {
      class: name,
      requests: requests.length,
      blocked: blocked[at] ?? 0,
      microsPerRequest: Math.round(micros * 10) / 10,
      perCpuSecond: Math.round(1_000_000 / micros),
    }
  })
}

async function classesOf(call: Call): Promise<readonly BenchClass[]> {
  const [file] = call.words
  if (file === undefined) return benchCorpus(numberOf(call, 'seed', 1, 2 ** 31 - 1), perClass)
  const requests: EvalRequest[] = []
  for await (const { request } of sampleFile(call, file)) {
    requests.push(request)
    if (requests.length > mostRequests)
      throw usageError(`more than ${mostRequests} requests`, 'take a part of the file')
  }
  if (requests.length === 0) throw usageError(`${file} holds no requests`, 'the form is that of waf eval')
  return [{ name: 'file', requests }]
}

function numberOf(call: Call, option: string, byDefault: number, most: number): number {
  const text = call.text(option)
  if (text === undefined) return byDefault
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0
  if (value < 1 || value > most)
    throw usageError(`--${option} must be a number from 1 to ${most}`, `for example --${option} ${byDefault}`)
  return value
}

/** Measures what judging costs with the given rules, in this process. */
export async function runBench(call: Call): Promise<number> {
  const seconds = numberOf(call, 'seconds', defaultSeconds, mostSeconds)
  const classes = await classesOf(call)
  const before = cpuMicros()
  const rules = compileRules(readRules(call, 'block', []))
  const compileMs = Math.round((cpuMicros() - before) / 1000)
  const measured = measure(classes, createSeclangInspector(rules), seconds * 1_000_000)
  if (call.json)
    call.io.out(
      JSON.stringify({ node: process.version, rules: rules.rules.length, compileMs, classes: measured }),
    )
  else {
    const rows = measured.map((one) =>
      [one.class, one.requests, one.blocked, one.microsPerRequest, one.perCpuSecond].map(String),
    )
    call.io.out(table(['class', 'requests', 'blocked', 'micros each', 'per CPU second'], rows))
  }
  call.io.note(
    `${rules.rules.length} rules, compiled in ${compileMs} ms; medians, CPU time, one thread, node ${process.version}`,
  )
  return exitCodes.ok
}
