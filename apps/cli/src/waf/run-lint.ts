import { escapeText } from '@sevenfold/event'
import { lintRuleSet } from '@sevenfold/seclang/tools'
import { exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { loadRules } from './load-rules.ts'

/** Looks for rules that cannot do what they seem to do. Resolves to 1 when there are any. */
export async function runLint(call: Call): Promise<number> {
  const findings = lintRuleSet(loadRules(call, 'block'))
  if (call.json) call.io.out(JSON.stringify(findings))
  else {
    for (const { at, kind, message } of findings)
      call.io.out(`${at.file}:${at.line}:${at.column}: ${kind}: ${escapeText(message, 300)}`)
    call.io.out(findings.length === 0 ? 'fine' : `${findings.length} findings`)
  }
  return findings.length === 0 ? exitCodes.ok : exitCodes.findings
}
