import { escapeText } from '@sevenfold/event'
import type { ExplainedNode, ExplainedScenario, Explanation } from './explain-line.ts'

/** Longest text of a rule or a field that is shown. */
const maxShown = 160

function shown(text: string): string {
  return escapeText(text.replaceAll(/\s+/gu, ' ').trim(), maxShown)
}

interface Filter {
  readonly text: string
  readonly value: boolean
  readonly error?: string
}

function filterText({ text, value, error }: Filter): string {
  return `filter ${value}: ${shown(text)}${error === undefined ? '' : ` (failed: ${shown(error)})`}`
}

function* nodeLines(node: ExplainedNode): Generator<string> {
  const indent = '  '.repeat(node.depth + 1)
  yield `${indent}${node.success ? '+' : '-'} ${shown(node.name)}${node.whitelisted ? ' (whitelisted)' : ''}`
  if (node.filter !== undefined) yield `${indent}    ${filterText(node.filter)}`
  if (node.grok === null) yield `${indent}    grok does not match`
  for (const [field, text] of Object.entries(node.grok ?? {}))
    if (text !== '') yield `${indent}    grok ${field} = ${shown(text)}`
  for (const [target, text] of node.assigned) yield `${indent}    ${shown(target)} = ${shown(text)}`
}

function scenarioLine({ name, filter, group }: ExplainedScenario): string {
  const by = group === undefined || group === '' ? '' : `, grouped by ${shown(group)}`
  return `  ${filter.value ? '+' : '-'} ${name}${by}\n      ${filterText(filter)}`
}

/** An explanation as people read it. Scenarios whose filter does not hold are counted, or shown with `all`. */
export function explanationText(explanation: Explanation, all: boolean): string {
  const lines = [`line: ${shown(explanation.line)}`]
  let stage = ''
  for (const node of explanation.nodes) {
    if (node.depth === 0 && node.stage !== stage) {
      stage = node.stage
      lines.push(stage)
    }
    lines.push(...nodeLines(node))
  }
  const held = explanation.scenarios.filter(({ filter }) => filter.value)
  const shownScenarios = all ? explanation.scenarios : held
  lines.push(`scenarios: ${explanation.outcome}`)
  lines.push(...shownScenarios.map(scenarioLine))
  const hidden = explanation.scenarios.length - shownScenarios.length
  if (hidden > 0) lines.push(`  ${hidden} filters are false (--all shows them)`)
  return lines.join('\n')
}
