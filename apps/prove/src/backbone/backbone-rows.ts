import type { Plan } from '../matrix/configuration.ts'
import type { JudgedCell } from '../matrix/judge.ts'
import type { AttackRow } from '../matrix/make-document.ts'
import type { BackboneAttack, DrillOutcome } from './backbone-attacks.ts'

const unnoticed: JudgedCell = { outcome: 'missed', layers: [], unexplained: false, reasons: [] }

function noticed({ seconds, rule }: DrillOutcome): JudgedCell {
  return {
    outcome: 'detected',
    layers: ['backbone'],
    secondsToDetection: seconds,
    unexplained: false,
    reasons: rule === undefined ? [] : [`backbone: ${rule}`],
  }
}

/**
 * Rows for attacks on the watchers. With nobody watching they succeed unnoticed; nobody stops them, the backbone
 * notices them. A drill that was not run leaves its attack invalid.
 */
export function backboneRows(
  attacks: readonly BackboneAttack[],
  outcomes: readonly DrillOutcome[],
  plan: Plan,
): readonly AttackRow[] {
  return attacks.map(({ drill, ...attack }) => {
    const outcome = outcomes.find(({ name }) => name === drill)
    const all = outcome?.ok === true ? noticed(outcome) : unnoticed
    return {
      attack,
      valid: outcome !== undefined,
      cells: new Map([
        [plan.none.name, unnoticed],
        [plan.all.name, all],
      ]),
    }
  })
}
