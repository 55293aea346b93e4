import { escapeHtml } from '@sevenfold/event'
import type { Proof } from '../../matrix/run-proof.ts'

/** Innocent visits, and errors of the test itself. */
export function innocentSection(proof: Proof): readonly string[] {
  const blocked = proof.benign.filter((run) => run.blocked)
  const visits = blocked.map(
    ({ name, reason = 'not served' }) => `<li>${escapeHtml(name)}: ${escapeHtml(reason)}</li>`,
  )
  const problems = proof.problems.map((text) => `<li>${escapeHtml(text)}</li>`)
  const list = visits.length === 0 ? '<p>None was blocked.</p>' : `<ul>${visits.join('')}</ul>`
  return [
    '<h2>Innocent visits</h2>',
    `<p class="quiet">${proof.benign.length} visits, each with no layer and with all: the innocent twin of every attack, and whole journeys.</p>`,
    `<div class="group ${visits.length === 0 ? 'fine' : 'none'}">${visits.length === 0 ? '' : `<h3>Blocked: ${visits.length}</h3>`}${list}</div>`,
    ...(problems.length === 0
      ? []
      : [
          '<h2>Errors of the test</h2>',
          `<div class="group none"><p class="quiet">Not successes of the defence.</p><ul>${problems.join('')}</ul></div>`,
        ]),
  ]
}
