import { coverage } from '../cost/figure.ts'
import type { Proof } from '../matrix/run-proof.ts'
import { costRows, disturbanceName, figureText, servedShare } from './cost-rows.ts'
import type { Style } from './style.ts'

/** What the layers cost, a load a line; empty when it was not measured. */
export function costLines(proof: Proof, style: Style): readonly string[] {
  const { cost } = proof.document
  const rows = costRows(cost)
  if (rows.length === 0) return []
  const line = (cells: readonly string[]): string =>
    `  ${(cells[0] ?? '').padEnd(38)}${cells
      .slice(1)
      .map((cell) => cell.padStart(18))
      .join('')}`
  return [
    '',
    style.strong('What the layers cost'),
    style.faint(line(['', 'CPU ms/request', 'median ms', 'against none'])),
    ...rows.map(({ name, load, ratio }) =>
      line([
        name,
        load.cpuMsPerRequest === undefined ? '–' : figureText(load.cpuMsPerRequest),
        figureText(load.latency.p50),
        ratio === undefined ? '–' : `${ratio.toFixed(2)} ×`,
      ]),
    ),
    style.faint(
      `  medians of ${cost.repeats ?? 0} interleaved repeats (lowest–highest, ${coverage(cost.repeats ?? 0)} %)`,
    ),
  ]
}

/** Who is served while a process is disturbed; empty when it was not measured. */
export function availabilityLines(proof: Proof, style: Style): readonly string[] {
  const { availability = [] } = proof.document
  if (availability.length === 0) return []
  return [
    '',
    style.strong('Served while one process is killed or stalled'),
    ...availability.map((run) => {
      const share = servedShare(run)
      const text = `  ${disturbanceName(run).padEnd(38)}${`${share} %`.padStart(10)}   longest gap ${run.longestGapMs} ms`
      return share === 100 ? style.good(text) : style.fair(text)
    }),
  ]
}
