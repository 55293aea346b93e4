import type { Proof } from '../matrix/run-proof.ts'
import { cellText } from './cell-text.ts'
import { costRows, disturbanceName, figureText, servedShare } from './cost-rows.ts'
import { depthMark, starText } from './shared-depth.ts'
import { nextLayers, singlePointsByLayer, summariseClasses } from './summary.ts'
import type { ClassSummary } from './summary.ts'

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function tally(summary: ClassSummary, layer: string): string {
  const counts = summary.layers.get(layer)
  if (counts === undefined || (counts.stopped === 0 && counts.detected === 0)) return '–'
  const stopped = counts.stopped === 0 ? '' : `**${counts.stopped}** stopped`
  const detected = counts.detected === 0 ? '' : `${counts.detected} seen`
  return [stopped, detected].filter((text) => text !== '').join(', ')
}

function depthText(summary: ClassSummary): string {
  const { lowestDepth, highestDepth } = summary
  return lowestDepth === highestDepth ? String(lowestDepth) : `${lowestDepth}–${highestDepth}`
}

function classTable(proof: Proof): readonly string[] {
  const layers = [...proof.plan.alone.keys()]
  const head = ['class', 'attacks', ...layers.map((name) => `${name} alone`), 'all layers', 'depth']
  const lines = summariseClasses(proof).map((summary) =>
    row([
      summary.class,
      String(summary.attacks),
      ...[...layers, 'all'].map((name) => tally(summary, name)),
      depthText(summary),
    ]),
  )
  return [
    row(head),
    row(head.map((_name, index) => (index === 1 || index === head.length - 1 ? '---:' : '---'))),
    ...lines,
  ]
}

function attackTable(proof: Proof): readonly string[] {
  const layers = [...proof.plan.alone]
  const head = ['attack', 'CWE', 'ATT&CK', 'none', ...layers.map(([name]) => name), 'all', 'depth']
  const lines = proof.rows.map((entry) => {
    const { id, cwe, technique } = entry.attack
    const cells = [...layers.map(([, configuration]) => configuration), proof.plan.all].map(({ name }) =>
      cellText(entry.cells.get(name)),
    )
    const depth = entry.valid ? depthMark(entry, proof) : 'invalid'
    return row([`\`${id}\``, String(cwe), technique, entry.valid ? 'works' : 'fails', ...cells, depth])
  })
  return [row(head), row(head.map(() => '---')), ...lines]
}

/** Most names that stand in the open; longer lists are folded away. */
const maxOpenNames = 8

function singlePointLines(proof: Proof): readonly string[] {
  return [...singlePointsByLayer(proof)].map(([layer, attacks]) => {
    const names = attacks.map((id) => `\`${id}\``).join(', ')
    const folded = `<details><summary>${attacks.length} attacks</summary>${names}</details>`
    const list = attacks.length > maxOpenNames ? folded : names
    return layer === 'nobody'
      ? `- no layer stops or detects ${list}`
      : `- ${layer} alone stands against ${list}`
  })
}

function nextLines(proof: Proof): readonly string[] {
  const next = nextLayers(proof)
  if (next.length === 0) return []
  return [
    'What closes them next:',
    '',
    ...next.map(({ class: name, layer, by, attacks }) => `- ${name} (${attacks.length}): ${layer}, ${by}`),
    '',
  ]
}

function costTable({ document: { cost } }: Proof): readonly string[] {
  const rows = costRows(cost)
  if (rows.length === 0) return []
  const head = ['visitors', 'CPU ms per request', 'against none', 'median ms', 'p99 ms', 'requests/s']
  return [
    `What the layers cost: medians of ${cost.repeats ?? 0} interleaved repeats (lowest–highest).`,
    '',
    row(head),
    row(head.map((_name, index) => (index === 0 ? '---' : '---:'))),
    ...rows.map(({ name, load, ratio }) =>
      row([
        name,
        load.cpuMsPerRequest === undefined ? '–' : figureText(load.cpuMsPerRequest),
        ratio === undefined ? '–' : `${ratio.toFixed(2)} ×`,
        figureText(load.latency.p50),
        figureText(load.latency.p99),
        load.requestsPerSecond.median.toFixed(0),
      ]),
    ),
    '',
  ]
}

function availabilityTable({ document: { availability = [] } }: Proof): readonly string[] {
  if (availability.length === 0) return []
  const head = ['one process disturbed under good load', 'served', 'longest gap, ms']
  return [
    row(head),
    row(['---', '---:', '---:']),
    ...availability.map((run) =>
      row([disturbanceName(run), `${servedShare(run)} %`, String(run.longestGapMs)]),
    ),
    '',
  ]
}

/** The proof as Markdown: classes first, single points of failure by name, then every attack, folded away. */
export function markdownReport(proof: Proof): string {
  const valid = proof.rows.filter((entry) => entry.valid).length
  const { runs, blocked } = proof.document.benign
  return [
    `${valid} attacks that work on the bare application; ${runs} innocent visits, ${blocked} blocked. Seed \`${proof.document.seed}\`.`,
    '',
    ...classTable(proof),
    '',
    'Single points of failure:',
    '',
    ...singlePointLines(proof),
    '',
    ...nextLines(proof),
    ...costTable(proof),
    ...availabilityTable(proof),
    '<details><summary>Every attack</summary>',
    '',
    ...attackTable(proof),
    '',
    ...(starText(proof) === undefined ? [] : [`\\* ${starText(proof)}`, '']),
    '</details>',
    '',
  ].join('\n')
}
