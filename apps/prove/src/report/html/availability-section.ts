import type { Proof } from '../../matrix/run-proof.ts'
import { disturbanceName, servedShare } from '../cost-rows.ts'

/** Who is served while a process is killed or stalled; empty when it was not measured. */
export function availabilitySection(proof: Proof): readonly string[] {
  const { availability = [] } = proof.document
  if (availability.length === 0) return []
  const rows = availability.map((run) => {
    const share = servedShare(run)
    const shade = share === 100 ? 'stopped' : share >= 95 ? 'detected' : 'missed'
    return [
      `<tr><th scope="row">${disturbanceName(run)}</th><td class="${shade}">${share} %</td>`,
      `<td>${run.served} of ${run.requests}</td><td>${run.longestGapMs}</td></tr>`,
    ].join('')
  })
  return [
    '<h2>When a process dies or hangs</h2>',
    '<p class="quiet">Innocent requests at a steady rate while one process is killed, or takes connections and does not answer for two seconds.</p>',
    '<div class="wide"><table class="cost"><thead><tr><th scope="col">what happens</th><th scope="col">served</th>',
    '<th scope="col">requests</th><th scope="col">longest gap, ms</th></tr></thead><tbody>',
    ...rows,
    '</tbody></table></div>',
  ]
}
