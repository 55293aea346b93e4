import type { Reporter, TestModule } from 'vitest/node'

/** Prints one plain line with the totals of a run, for whoever adds up suites. */
class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const totals = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      if (module.errors().length > 0) totals.failed += 1
      for (const test of module.children.allTests()) {
        const state = test.result().state
        if (state !== 'pending') totals[state] += 1
      }
    }
    process.stdout.write(
      `tests: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`,
    )
  }
}

// vitest loads a reporter by its default export.
// oxlint-disable-next-line import/no-default-export
export default TotalsReporter
