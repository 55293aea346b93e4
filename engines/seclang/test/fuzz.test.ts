import { describe, expect, it } from 'vitest'
import { fuzzTargets } from './fuzz-targets.ts'

// The full run is a command (test/fuzz.ts); SEVENFOLD_FUZZ_RUNS raises the number of inputs here.
const runs = Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 15)
const seed = Number(process.env['SEVENFOLD_FUZZ_SEED'] ?? Date.now() % 2_147_483_647)

describe(`bytes from outside (seed ${seed})`, () => {
  for (const { name, run } of fuzzTargets) {
    it(`never make ${name} fail in a way of its own`, () => {
      const { failed, counterexample, errorInstance } = run(seed, runs)
      expect(failed, `${JSON.stringify(counterexample)}\n${String(errorInstance)}`).toBe(false)
    })
  }
})
