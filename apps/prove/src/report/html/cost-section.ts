import type { ProofFigure } from '@sevenfold/event'
import { coverage } from '../../cost/figure.ts'
import type { Proof } from '../../matrix/run-proof.ts'
import { costRows, figureText, memoryTotal } from '../cost-rows.ts'
import type { CostRow } from '../cost-rows.ts'

function percent(value: number, most: number): string {
  return ((value / most) * 100).toFixed(1)
}

/** A bar up to the median, with a line from the lowest to the highest repeat. */
function plot(cpu: ProofFigure | undefined, most: number): string {
  if (cpu === undefined) return ''
  const line = `left:${percent(cpu.low, most)}%;width:${percent(cpu.high - cpu.low, most)}%`
  return `<div class="plot"><i style="width:${percent(cpu.median, most)}%"></i><u style="${line}"></u></div>`
}

function row({ name, load, ratio }: CostRow, most: number): string {
  const memory = memoryTotal(load)
  const cpu = load.cpuMsPerRequest
  const cells = [
    `${plot(cpu, most)}${cpu === undefined ? '–' : figureText(cpu)}`,
    ratio === undefined ? '–' : `${ratio.toFixed(2)} ×`,
    figureText(load.latency.p50),
    figureText(load.latency.p99),
    load.requestsPerSecond.median.toFixed(0),
    memory === undefined ? '–' : String(memory),
  ]
  return `<tr><th scope="row">${name}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
}

/** What the layers cost; empty when it was not measured. */
export function costSection(proof: Proof): readonly string[] {
  const { cost } = proof.document
  const rows = costRows(cost)
  if (rows.length === 0) return []
  const most = Math.max(1e-9, ...rows.map(({ load }) => load.cpuMsPerRequest?.high ?? 0))
  const repeats = cost.repeats ?? 0
  return [
    '<h2>What the layers cost</h2>',
    '<p class="quiet">Innocent visitors with no layer, with each layer alone and with all; attackers alone; and both together. ',
    `Medians of ${repeats} interleaved repeats; in brackets the lowest and the highest, which enclose the true median with ${coverage(repeats)} %. `,
    'CPU is that of every process in the path and behind it, the application included.</p>',
    '<div class="wide"><table class="cost"><thead><tr><th scope="col">visitors</th><th scope="col">CPU per request, ms</th>',
    '<th scope="col">against none</th><th scope="col">median answer, ms</th><th scope="col">99th percentile, ms</th>',
    '<th scope="col">requests a second</th><th scope="col">memory, MiB</th></tr></thead><tbody>',
    ...rows.map((one) => row(one, most)),
    '</tbody></table></div>',
  ]
}
