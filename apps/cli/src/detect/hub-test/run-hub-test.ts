import { join } from 'node:path'
import type { HubFolder } from '@sevenfold/detection/hub'
import { checkParsers, checkScenarios } from './check-assertions.ts'
import type { AssertOutcome } from './check-assertions.ts'
import { runAppsecTest } from './run-appsec-test.ts'
import { runParsers } from './run-parsers.ts'
import type { Backend } from './run-parsers.ts'
import { readHubTestConfig } from './test-config.ts'
import type { HubTestConfig } from './test-config.ts'

/** Outcome of one half of a test. `none`: the test has none; `ignored`: the test says not to look. */
export type Verdict = 'pass' | 'fail' | 'none' | 'ignored' | 'unwritten'

/** One line of the answer. */
export interface HubTestAnswer {
  readonly test: string
  readonly parser: Verdict
  readonly scenario: Verdict
  /** Only for AppSec tests. */
  readonly appsec?: Verdict
  readonly pass: boolean
  /** What failed first; empty when nothing did. */
  readonly why: string
}

/** Where tests and what they need are. */
export interface HubTestPlaces {
  readonly hub: HubFolder
  readonly testsFolder: string
  readonly backend: Backend
}

function verdictOf({ count, failed }: AssertOutcome): Verdict {
  if (count === 0) return 'unwritten'
  return failed.length === 0 ? 'pass' : 'fail'
}

function whyOf(parser: AssertOutcome, scenario: AssertOutcome): string {
  const [failed] = [...parser.failed, ...scenario.failed]
  const count = parser.failed.length + scenario.failed.length
  return failed === undefined ? '' : `${count} assertions, the first: ${failed}`
}

function runLogTest(
  test: string,
  config: HubTestConfig,
  { hub, testsFolder, backend }: HubTestPlaces,
): HubTestAnswer {
  const testFolder = join(testsFolder, test)
  const results = runParsers(config, { hub, testFolder, testsFolder }, backend)
  const none: AssertOutcome = { count: 0, failed: [] }
  const hasScenarios = config.scenarios.length > 0
  const parsers = config.ignoreParsers ? none : checkParsers(join(testFolder, 'parser.assert'), results)
  const scenarios = hasScenarios ? checkScenarios(join(testFolder, 'scenario.assert'), results) : none
  const parser = config.ignoreParsers ? 'ignored' : verdictOf(parsers)
  const scenario = hasScenarios ? verdictOf(scenarios) : 'none'
  const pass = (parser === 'pass' || parser === 'ignored') && (scenario === 'pass' || scenario === 'none')
  const [problem] = results.problems
  const rules =
    problem === undefined ? '' : `${problem.file}:${problem.line}:${problem.column}: ${problem.message}; `
  return { test, parser, scenario, pass, why: pass ? '' : `${rules}${whyOf(parsers, scenarios)}` }
}

/** Runs one test of the hub. Never throws: what is wrong with the test itself is its answer. */
export function runHubTest(test: string, places: HubTestPlaces): HubTestAnswer {
  try {
    const config = readHubTestConfig(join(places.testsFolder, test), test)
    if (config.nucleiTemplate === '') return runLogTest(test, config, places)
    const pass = runAppsecTest(config, join(places.testsFolder, test), places.hub.root)
    const why = pass ? '' : 'an answer is not the expected one'
    return { test, parser: 'none', scenario: 'none', appsec: pass ? 'pass' : 'fail', pass, why }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { test, parser: 'fail', scenario: 'fail', pass: false, why }
  }
}
