import { escapeText } from '@sevenfold/event'
import { explainRequest } from '@sevenfold/seclang/tools'
import type { ExplainedRule } from '@sevenfold/seclang/tools'
import { exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { inputLines } from './input-lines.ts'
import { loadRules } from './load-rules.ts'
import { numberedSample } from './sample.ts'

const shownValue = 200

function shown(rule: ExplainedRule): string {
  const lines = [
    `rule ${rule.ruleId}: ${escapeText(rule.message, shownValue)}`,
    `  ${escapeText(rule.operator, shownValue)}`,
  ]
  for (const { variable, stages } of rule.values) {
    lines.push(`  ${escapeText(variable, shownValue)}`)
    for (const { transformation, value } of stages)
      lines.push(`    ${(transformation ?? 'as it came').padEnd(16)} ${escapeText(value, shownValue)}`)
  }
  for (const { variable, value } of rule.scores)
    lines.push(`  ${escapeText(variable, 80)} is now ${escapeText(value, 80)}`)
  // To be copied into a rule file as it stands: nothing but printable ASCII gets into one.
  if (rule.exclusion !== null) lines.push(`  least exclusion: ${rule.exclusion.trim()}`)
  return lines.join('\n')
}

/** Explains each request of standard input. Resolves to 1 when a rule matched. */
export async function runExplain(call: Call): Promise<number> {
  const rules = loadRules(call, 'block')
  let [matched, number] = [0, 0]
  for await (const line of inputLines(call.io.input())) {
    number += 1
    const { id, request } = numberedSample(line, number)
    const explanation = explainRequest(request, rules)
    matched += explanation.rules.length
    if (call.json) call.io.out(JSON.stringify({ ...explanation, id }))
    else
      call.io.out(
        [
          `${JSON.stringify(id)}: ${explanation.verdict}, score ${explanation.score}`,
          ...explanation.rules.map(shown),
          '',
        ].join('\n'),
      )
  }
  return matched === 0 ? exitCodes.ok : exitCodes.findings
}
