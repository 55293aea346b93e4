import { basename, isAbsolute } from 'node:path'
import { ruleCoverage } from '@sevenfold/seclang/tools'
import { exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { table } from '../program/table.ts'
import { inputLines } from './input-lines.ts'
import { compileRules, noteLeftOut, readRules } from './load-rules.ts'
import { numberedSample } from './sample.ts'

const progressEvery = 1000

/** Counts which rules fire on the requests of standard input. Resolves to 1 when some never do. */
export async function runCoverage(call: Call): Promise<number> {
  // Detection only, whatever the rules say: a denied request would never reach the rules behind.
  const force = { file: 'detection', text: 'SecRuleEngine DetectionOnly\n' }
  const compiled = compileRules([...readRules(call, 'block'), force])
  noteLeftOut(call, compiled)
  const run = ruleCoverage(compiled)
  let requests = 0
  for await (const line of inputLines(call.io.input())) {
    requests += 1
    run.add(numberedSample(line, requests).request)
    if (requests % progressEvery === 0) call.io.note(`${requests} requests`)
  }
  // Settings that are put in front of every rule set are no rules that somebody asks about.
  const rules = run.result().filter(({ log, file }) => isAbsolute(file) && (log || call.flag('all')))
  const never = rules.filter((rule) => rule.requests === 0)
  if (call.json) call.io.out(JSON.stringify({ requests, rules }))
  else {
    const rows = (call.flag('never') ? never : rules).map((rule) => [
      String(rule.ruleId),
      String(rule.requests),
      `${basename(rule.file)}:${rule.line}`,
    ])
    call.io.out(table(['rule', 'requests', 'place'], rows))
  }
  call.io.note(
    `${requests} requests: ${rules.length - never.length} of ${rules.length} rules fired, ${never.length} never`,
  )
  return never.length === 0 ? exitCodes.ok : exitCodes.findings
}
