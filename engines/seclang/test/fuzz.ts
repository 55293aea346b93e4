// Feeds the engine with arbitrary bytes for a time.
// usage: npx tsx --conditions=@sevenfold/source engines/seclang/test/fuzz.ts [--minutes 10] [--seed N] [--only NAME]
import { parseArgs } from 'node:util'
import { fuzzTargets } from './fuzz-targets.ts'

const runsPerRound = 100
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 2_147_483_647) },
    only: { type: 'string', default: '' },
  },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed)
const targets = fuzzTargets.filter(({ name }) => name.includes(values.only))
if (!(minutes > 0) || !Number.isSafeInteger(seed) || targets.length === 0) {
  process.stderr.write('--minutes must be over 0, --seed a whole number, --only a part of a target\n')
  process.exit(2)
}

process.stdout.write(`seed ${seed}, ${minutes} minutes, ${targets.length} targets\n`)
const counts = new Map(targets.map(({ name }) => [name, 0]))
const end = performance.now() + minutes * 60_000
let failed = false
for (let round = 0; !failed && performance.now() < end; round += 1) {
  for (const { name, run } of targets) {
    const details = run(seed + round, runsPerRound)
    counts.set(name, (counts.get(name) ?? 0) + details.numRuns)
    if (!details.failed) continue
    failed = true
    const { counterexample, counterexamplePath, errorInstance } = details
    process.stdout.write(
      `${name} fails with seed ${details.seed}, path ${counterexamplePath ?? ''}\n${JSON.stringify(counterexample)}\n${String(errorInstance)}\n`,
    )
  }
}
for (const [name, count] of counts) process.stdout.write(`${String(count).padStart(10)}  ${name}\n`)
process.stdout.write(failed ? 'failed\n' : `fine (seed ${seed})\n`)
process.exitCode = failed ? 1 : 0
