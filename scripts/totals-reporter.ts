import type { Reporter, TestCase, TestModule } from 'vitest/node'

/**
 * Prints one plain line with the totals of a run, for whoever adds up suites. A test that passed only at its second try
 * is named before it with what the first one saw: it is a race in the test or in the product, and somebody's next work.
 */
class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const totals = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      if (module.errors().length > 0) totals.failed += 1
      for (const test of module.children.allTests()) {
        const state = test.result().state
        if (state !== 'pending') totals[state] += 1
        if (test.diagnostic()?.flaky === true)
          process.stdout.write(
            `only at the second try: ${module.relativeModuleId} > ${test.fullName}: ${firstError(test)}\n`,
          )
      }
    }
    process.stdout.write(
      `tests: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`,
    )
  }
}

function firstError(test: TestCase): string {
  return test.result().errors?.[0]?.message.split('\n')[0] ?? 'no message'
}

// vitest loads a reporter by its default export.
// oxlint-disable-next-line import/no-default-export
export default TotalsReporter
