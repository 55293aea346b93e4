import { IncidentBook } from '../src/index.ts'
import type { Entity, Incident } from '../src/index.ts'
import { madeAlert, madeRule } from './made-alert.ts'

/** An open incident about some entities; its title is what an attacker would like it to be. */
export function madeIncident(actors: readonly Entity[], title = 'title'): Incident {
  const book = new IncidentBook({ mergeWindowMs: 3_600_000, newId: () => 'inc-0001' })
  const rule = { ...madeRule('a-rule', 'critical', ['initial-access']), title }
  book.take({ ...madeAlert({ rule, actors }), targets: [{ type: 'site', value: 'shop' }] })
  return book.incidents()[0] ?? fail()
}

function fail(): never {
  throw new Error('no incident was opened')
}
