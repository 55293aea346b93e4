import { escapeHtml } from '@sevenfold/event'
import type { Proof } from '../../matrix/run-proof.ts'
import { nextLayers, singlePointsByLayer } from '../summary.ts'
import type { NextLayer } from '../summary.ts'

function group(proof: Proof, layer: string, attacks: readonly string[]): readonly string[] {
  const isOpen = layer === 'nobody'
  const heading = isOpen ? 'No layer stands' : `Only ${escapeHtml(layer)} stands`
  const meaning = isOpen
    ? 'No layer says that it stopped or noticed one of these.'
    : `If ${escapeHtml(layer)} fails, is switched off or is evaded, nobody stops or notices these.`
  const titles = new Map(proof.rows.map(({ attack }) => [attack.id, attack.title]))
  const items = attacks.map(
    (id) => `<li>${escapeHtml(titles.get(id) ?? id)} <code class="quiet">${escapeHtml(id)}</code></li>`,
  )
  return [
    `<div class="group ${isOpen ? 'none' : 'one'}"><h3>${heading}: ${attacks.length}</h3>`,
    `<p class="quiet">${meaning}</p>`,
    `<ul class="columns">${items.join('')}</ul></div>`,
  ]
}

function nextItem({ class: name, layer, by }: NextLayer): string {
  return `<li>${name}: <strong>${layer}</strong>, ${escapeHtml(by)}</li>`
}

/** Single points of failure by name: those without any layer first. */
export function pointsSection(proof: Proof): readonly string[] {
  const points = [...singlePointsByLayer(proof)].toSorted(
    ([a], [b]) => Number(b === 'nobody') - Number(a === 'nobody'),
  )
  if (points.length === 0) {
    return [
      '<h2>Single points of failure</h2>',
      '<div class="group fine"><p>None: at least two layers stand against every attack, each of them alone.</p></div>',
    ]
  }
  return [
    '<h2>Single points of failure</h2>',
    ...points.flatMap(([layer, attacks]) => group(proof, layer, attacks)),
    '<h3>What closes them next</h3>',
    `<ul class="columns">${nextLayers(proof).map(nextItem).join('')}</ul>`,
  ]
}
