import { runCost } from './cost.ts'
import { runDetection } from './detection.ts'
import { findHarness } from './harness.ts'

// Detection and cost of the agent beside no agent, and beside Zen and dd-trace where they are installed.
const options = {
  requests: Number(process.env['SEVENFOLD_BENCH_REQUESTS'] ?? 1200),
  rounds: Number(process.env['SEVENFOLD_BENCH_ROUNDS'] ?? 7),
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

const found = await findHarness()
if ('missing' in found) print(`skipped: bench:runtime needs ${found.missing}`)
else {
  const { harness } = found
  try {
    print(`Node ${process.version}; variants ${harness.names.join(', ')}`)
    for (const name of harness.names) {
      const { attacks, stopped, benign, benignRight, unanswered, missed } = runDetection(harness, name)
      print(
        `${name.padEnd(10)} attacks stopped ${stopped}/${attacks}, innocent requests right ${benignRight}/${benign}, unanswered ${unanswered}`,
      )
      if (name !== 'none') print(`${' '.repeat(10)} missed: ${missed.join(' ') || 'none'}`)
    }
    const { cost, startMs } = await runCost(harness, options)
    print(
      `CPU of the server per request, ratio to no agent (medians of ${options.rounds} interleaved bursts)`,
    )
    for (const name of harness.names) {
      const byEndpoint = Object.entries(cost[name] ?? {})
      const logs = byEndpoint.map(([, { ratio }]) => Math.log(ratio))
      const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)
      const cells = byEndpoint.map(
        ([key, { ratio, micros }]) => `${key} x${ratio.toFixed(2)} (${micros.toFixed(0)} µs)`,
      )
      print(`${name.padEnd(10)} geometric mean x${mean.toFixed(2)}; ${cells.join(', ')}`)
      print(`${' '.repeat(10)} start-up ${(startMs[name] ?? 0).toFixed(0)} ms CPU`)
    }
  } finally {
    harness.remove()
  }
}
