import { runCost, runStarts } from './cost.ts'
import type { Cost } from './cost.ts'
import { runDetection } from './detection.ts'
import { findHarness } from './harness.ts'
import type { Harness } from './harness.ts'
import { runTracing } from './tracing.ts'
import { learnProfile } from './learn.ts'
import { learnRequests } from './learn-requests.ts'

// Detection and cost of the agent beside no agent, and beside Zen and dd-trace where they are installed.
const options = {
  requests: Number(process.env['SEVENFOLD_BENCH_REQUESTS'] ?? 240),
  rounds: Number(process.env['SEVENFOLD_BENCH_ROUNDS'] ?? 12),
  /** Times that all processes are started anew for the cost of requests, and for the cost of starting. */
  costStarts: Number(process.env['SEVENFOLD_BENCH_COST_STARTS'] ?? 8),
  starts: Number(process.env['SEVENFOLD_BENCH_STARTS'] ?? 41),
}
const wanted = new Set((process.env['SEVENFOLD_BENCH_PARTS'] ?? 'detection,tracing,start,cost').split(','))

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** One figure beside its limit. */
function printLimit(
  what: string,
  value: number,
  limit: { readonly least?: number; readonly most?: number },
): void {
  const { least = -Infinity, most = Infinity } = limit
  const isHeld = value >= least && value <= most
  const wanted = limit.most === undefined ? `at least ${least}` : `at most ${most}`
  print(`${' '.repeat(18)} limit: ${what} ${wanted}, is ${value}: ${isHeld ? 'held' : 'OVER'}`)
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

function printDetection(harness: Harness, name: string): void {
  const { attacks, stopped, benign, benignRight, unanswered, missed } = runDetection(harness, name)
  print(
    `${name.padEnd(18)} attacks stopped ${stopped}/${attacks}, innocent requests right ${benignRight}/${benign}, unanswered ${unanswered}`,
  )
  if (name !== 'none') print(`${' '.repeat(18)} missed: ${missed.join(' ') || 'none'}`)
  if (!name.startsWith('sevenfold')) return
  printLimit('attacks stopped', stopped, { least: name === 'sevenfold' ? 60 : 68 })
  printLimit('innocent requests right', benignRight, { least: benign })
  printLimit('unanswered', unanswered, { most: 0 })
}

function printCost(name: string, cost: Cost): void {
  const byEndpoint = Object.entries(cost)
  const logs = byEndpoint.map(([, { ratio }]) => Math.log(ratio))
  const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)
  const cells = byEndpoint.map(
    ([key, { ratio, micros }]) => `${key} x${ratio.toFixed(2)} (${micros.toFixed(0)} µs)`,
  )
  print(`${name.padEnd(18)} geometric mean x${mean.toFixed(3)}; ${cells.join(', ')}`)
  if (name === 'sevenfold') {
    printLimit('geometric mean', rounded(mean, 3), { most: 1.1 })
    printLimit('4 KB of JSON with two queries', rounded(cost['jsondb']?.ratio ?? NaN, 3), { most: 1.1 })
  }
  if (name === 'sevenfold-iast') printLimit('geometric mean', rounded(mean, 3), { most: 2 })
}

async function run(harness: Harness): Promise<void> {
  print(`Node ${process.version}; variants ${harness.names.join(', ')}`)
  if (wanted.has('detection')) {
    const answered = await learnProfile(harness)
    print(`profile learned from ${answered} of ${learnRequests.length} innocent requests`)
    for (const name of [...harness.names.slice(0, 2), 'sevenfold-learned', ...harness.names.slice(2)])
      printDetection(harness, name)
  }
  if (wanted.has('tracing')) {
    const { attacks, named, missed, benign, wrong } = await runTracing(harness)
    print(
      `sevenfold-iast     attacks named rightly ${named}/${attacks}, innocent requests with a finding ${wrong.length}/${benign}`,
    )
    print(`${' '.repeat(18)} missed: ${missed.join(', ') || 'none'}`)
    print(`${' '.repeat(18)} wrong: ${wrong.join(', ') || 'none'}`)
    printLimit('attacks named rightly', named, { least: 60 })
    printLimit('innocent requests with a finding', wrong.length, { most: 2 })
  }
  if (wanted.has('start')) {
    const names = [...harness.names, 'sevenfold -r', 'empty --import']
    const starts = await runStarts(harness, names, options.starts)
    const plain = starts['none']
    print(`start of the process until it listens (lower quartiles of ${options.starts})`)
    for (const [name, { startMs, memoryMiB }] of Object.entries(starts)) {
      const ms = startMs - (plain?.startMs ?? 0)
      const mib = memoryMiB - (plain?.memoryMiB ?? 0)
      print(
        `${name.padEnd(18)} ${startMs.toFixed(0)} ms CPU (+${ms.toFixed(0)}), ${memoryMiB.toFixed(1)} MiB (+${mib.toFixed(1)})`,
      )
      if (name !== 'sevenfold') continue
      printLimit('ms of CPU more', rounded(ms, 0), { most: 60 })
      printLimit('MiB more', rounded(mib, 1), { most: 12 })
    }
  }
  if (!wanted.has('cost')) return
  const { costStarts, rounds } = options
  await compare(harness, ['none', 'sevenfold'], { starts: costStarts, rounds })
  // What costs half as much again, or six times as much, needs no such precision.
  const others = harness.names.filter((name) => name !== 'none' && name !== 'sevenfold')
  await compare(harness, ['none', 'sevenfold-iast', ...others], {
    starts: Math.ceil(costStarts / 4),
    rounds: Math.ceil(rounds / 2),
  })
}

/** Runs variants side by side and prints what each costs. */
async function compare(
  harness: Harness,
  names: readonly string[],
  { starts, rounds }: { readonly starts: number; readonly rounds: number },
): Promise<void> {
  const { requests } = options
  print(
    `CPU of the server per request, ratio to no agent (${starts} starts, ${rounds} interleaved bursts of ${requests} each)`,
  )
  const costs = await runCost(harness, names, { requests, rounds, starts })
  for (const [name, cost] of Object.entries(costs)) printCost(name, cost)
}

const found = await findHarness()
if ('missing' in found) print(`skipped: bench:runtime needs ${found.missing}`)
else
  try {
    await run(found.harness)
  } finally {
    found.harness.remove()
  }
