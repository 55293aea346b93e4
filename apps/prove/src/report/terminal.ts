import { escapeText } from '@sevenfold/event'
import type { JudgedCell } from '../matrix/judge.ts'
import { judgesAlone } from '../matrix/make-document.ts'
import type { AttackRow } from '../matrix/make-document.ts'
import type { Proof } from '../matrix/run-proof.ts'
import { cellText } from './cell-text.ts'
import { availabilityLines, costLines } from './terminal-cost.ts'
import { depthMark, starText } from './shared-depth.ts'
import { makeStyle } from './style.ts'
import type { Style } from './style.ts'
import { nextLayers, singlePointsByLayer } from './summary.ts'
import { wrap } from './wrap.ts'

/** How a table is printed. */
export interface TerminalOptions {
  readonly color: boolean
  /** Columns of the terminal; at least 80 is assumed. */
  readonly width: number
}

const cellWidth = 12
const nameWidth = 28

function paint(cell: JudgedCell | undefined, style: Style): string {
  const text = cellText(cell).padEnd(cellWidth)
  if (cell?.outcome === 'stopped') return style.good(text)
  if (cell?.outcome === 'detected') return style.fair(text)
  return style.bad(text)
}

function depthText(row: AttackRow, proof: Proof, style: Style): string {
  if (!row.valid) return style.bad('invalid')
  const depth = judgesAlone(row, proof.plan).length
  const text = depth === 0 ? '0' : `${depthMark(row, proof)} ${'■'.repeat(depth)}`
  return depth >= 2 ? style.good(text) : depth === 1 ? style.fair(text) : style.bad(text)
}

function rowLine(row: AttackRow, proof: Proof, style: Style): string {
  const columns = proof.plan.layers.length === 0 ? [] : [...proof.plan.alone.values(), proof.plan.all]
  const cells = row.valid
    ? columns.map(({ name }) => paint(row.cells.get(name), style))
    : columns.map(() => ' '.repeat(cellWidth))
  const none = row.valid ? 'works'.padEnd(8) : style.bad('fails'.padEnd(8))
  return `  ${row.attack.id.padEnd(nameWidth)}${none}${cells.join('')}${depthText(row, proof, style)}`
}

function table(proof: Proof, style: Style): readonly string[] {
  const layers = [...proof.plan.alone.keys()]
  const headings =
    proof.plan.layers.length === 0 ? [] : [...layers, 'all'].map((name) => name.padEnd(cellWidth))
  const alone =
    layers.length === 0 ? '' : `${' '.repeat(2 + nameWidth + 8)}${'alone'.padEnd(cellWidth * layers.length)}`
  const lines = [
    style.faint(alone.trimEnd()),
    style.strong(`  ${'attack'.padEnd(nameWidth)}${'none'.padEnd(8)}${headings.join('')}depth`),
  ]
  let last = ''
  for (const row of proof.rows) {
    if (row.attack.class !== last) lines.push(style.faint(row.attack.class))
    last = row.attack.class
    lines.push(rowLine(row, proof, style))
  }
  return lines
}

function singlePoints(proof: Proof, style: Style, width: number): readonly string[] {
  return [...singlePointsByLayer(proof)].flatMap(([layer, attacks]) => {
    const heading =
      layer === 'nobody'
        ? style.bad(`No layer stops or detects (${attacks.length}):`)
        : style.fair(`Single point of failure: ${layer} alone stands against (${attacks.length}):`)
    const words = attacks.map((id, index) => (index + 1 < attacks.length ? `${id},` : id))
    return ['', heading, ...wrap(words, width, 2)]
  })
}

function nextLines(proof: Proof, style: Style): readonly string[] {
  const next = nextLayers(proof)
  if (next.length === 0) return []
  return [
    '',
    style.strong('What closes them next:'),
    ...next.map(({ class: name, layer, by }) => `  ${name.padEnd(nameWidth)}${layer}: ${by}`),
  ]
}

function benignLines(proof: Proof, style: Style): readonly string[] {
  const blocked = proof.benign.filter((run) => run.blocked)
  if (proof.benign.length === 0) return []
  const text = `Innocent visits: ${proof.benign.length}, blocked: ${blocked.length}`
  const names = blocked.map((run) =>
    style.bad(`  ${run.name}${run.reason === undefined ? '' : ` (${run.reason})`}`),
  )
  return ['', blocked.length === 0 ? style.good(text) : style.bad(text), ...names]
}

function totals(proof: Proof): string {
  const valid = proof.rows.filter((row) => row.valid)
  const classes = new Set(valid.map((row) => row.attack.class)).size
  const all = valid.map((row) => row.cells.get(proof.plan.all.name)?.outcome)
  const stopped = all.filter((outcome) => outcome === 'stopped').length
  const detected = all.filter((outcome) => outcome === 'detected').length
  const layered =
    proof.plan.layers.length === 0
      ? ''
      : ` With all layers: ${stopped} stopped, ${detected} detected, ${valid.length - stopped - detected} missed.`
  const attacks = `${valid.length} ${valid.length === 1 ? 'attack' : 'attacks'}`
  return `${attacks} in ${classes} ${classes === 1 ? 'class' : 'classes'}, working on the bare application.${layered}`
}

/** Most attacks for which the report says in each cell who judged and by what. */
const maxExplained = 6

function reasons(proof: Proof, style: Style): readonly string[] {
  if (proof.rows.length > maxExplained) return []
  const lines = proof.rows.flatMap((row) =>
    [...row.cells]
      .filter(([, cell]) => cell.reasons.length > 0)
      .map(
        ([configuration, cell]) =>
          `  ${row.attack.id}, ${configuration}: ${cell.reasons
            .slice(0, 4)
            .map((text) => escapeText(text, 80))
            .join('; ')}`,
      ),
  )
  return lines.length === 0 ? [] : ['', style.strong('Who judged, and by what:'), ...lines]
}

function legend(proof: Proof): readonly string[] {
  const cells = proof.rows.flatMap((row) => (row.valid ? [...row.cells.values()] : []))
  return [
    `seed ${proof.document.seed}; stopped and seen need an event with the address or trace of the attempt`,
    ...(starText(proof) === undefined ? [] : [`* ${starText(proof)}`]),
    ...(proof.document.drillScale === undefined
      ? []
      : [
          `attacks on the backbone ran in a house whose intervals were divided by ${proof.document.drillScale}`,
        ]),
    ...(cells.some((cell) => cell.outcome === 'missed' && cell.unexplained)
      ? ['– failed: the attempt failed, but no layer said that it stopped it; counted as missed']
      : []),
  ]
}

/** The proof as text for a terminal; lines stay below 100 characters with up to four layers. */
export function terminalReport(proof: Proof, options: TerminalOptions): string {
  const style = makeStyle(options.color)
  const width = Math.max(80, Math.min(options.width, 120))
  const problems =
    proof.problems.length === 0
      ? []
      : [
          '',
          style.bad('Errors of the test, not successes of the defence:'),
          ...proof.problems.map((text) => `  ${text}`),
        ]
  return [
    ...table(proof, style),
    '',
    style.strong(totals(proof)),
    ...reasons(proof, style),
    ...(proof.plan.layers.length === 0
      ? []
      : [...singlePoints(proof, style, width), ...nextLines(proof, style)]),
    ...benignLines(proof, style),
    ...costLines(proof, style),
    ...availabilityLines(proof, style),
    ...problems,
    '',
    ...legend(proof).map(style.faint),
    '',
  ].join('\n')
}
