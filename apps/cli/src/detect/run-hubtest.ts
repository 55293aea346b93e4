import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openHubFolder } from '@sevenfold/detection/hub'
import { exitCodes, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { runHubTest } from './hub-test/run-hub-test.ts'
import { isHubTest } from './hub-test/test-config.ts'

const progressEvery = 50

/** Runs the tests of a hub, one answer a line. Resolves to 1 when one fails. */
export function runHubtest(call: Call): Promise<number> {
  const hub = openHubFolder(resolve(call.io.cwd, call.text('hub') ?? ''))
  const folders = call.texts('tests').map((folder) => resolve(call.io.cwd, folder))
  const wanted = new Set(call.words)
  const backend = call.flag('closures') ? 'closures' : 'generate'
  const totals = { pass: 0, fail: 0 }
  for (const testsFolder of folders) {
    const tests = readdirSync(testsFolder)
      .toSorted()
      .filter((name) => isHubTest(join(testsFolder, name)))
    for (const test of tests) {
      if (wanted.size > 0 && !wanted.has(test)) continue
      const answer = runHubTest(test, { hub, testsFolder, backend })
      totals[answer.pass ? 'pass' : 'fail'] += 1
      call.io.out(JSON.stringify(answer))
      if ((totals.pass + totals.fail) % progressEvery === 0)
        call.io.note(`${totals.pass + totals.fail} tests`)
    }
  }
  if (totals.pass + totals.fail === 0)
    throw usageError(`there are no tests in ${folders.join(', ')}`, 'a test is a folder with a config.yaml')
  call.io.note(`${totals.pass} of ${totals.pass + totals.fail} tests pass`)
  return Promise.resolve(totals.fail === 0 ? exitCodes.ok : exitCodes.findings)
}
