import { judgesAlone } from '../../matrix/make-document.ts'
import type { Proof } from '../../matrix/run-proof.ts'

function figure(name: string, value: number, of?: number): string {
  const whole = of === undefined ? '' : ` <small>of ${of}</small>`
  return `<div><dt>${name}</dt><dd>${value}${whole}</dd></div>`
}

function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}

/** The answer in one sentence, and the figures behind it. */
export function verdictSection(proof: Proof): readonly string[] {
  const valid = proof.rows.filter((row) => row.valid)
  const depths = valid.map((row) => judgesAlone(row, proof.plan).length)
  const all = valid.map((row) => row.cells.get(proof.plan.all.name)?.outcome)
  const stopped = all.filter((outcome) => outcome === 'stopped').length
  const seen = all.filter((outcome) => outcome === 'detected').length
  const deep = depths.filter((depth) => depth >= 2).length
  const single = depths.filter((depth) => depth === 1).length
  const { runs, blocked } = proof.document.benign
  const open = depths.filter((depth) => depth === 0).length
  const layers = proof.plan.layers.join(', ')
  return [
    '<h1>How many layers stand?</h1>',
    `<p class="verdict">Of ${plural(valid.length, 'attack')} that work on the bare application, <strong>${deep}</strong> `,
    `${deep === 1 ? 'is' : 'are'} met by two layers or more, <strong>${single}</strong> `,
    `${single === 1 ? 'rests' : 'rest'} on a single layer, and <strong>${open}</strong> `,
    `${open === 1 ? 'meets' : 'meet'} none. ${blocked === 0 ? 'No innocent visit was blocked.' : `<strong>${plural(blocked, 'innocent visit')} blocked.</strong>`}</p>`,
    `<p class="quiet">Layers: ${layers === '' ? 'none' : layers}. Each attack was tried with no layer, with each layer alone, `,
    'with all but one, and with all.</p>',
    '<dl class="figures">',
    figure('stopped, with all layers', stopped, valid.length),
    figure('noticed only', seen, valid.length),
    figure('neither', valid.length - stopped - seen, valid.length),
    figure('met by two layers or more', deep, valid.length),
    figure('innocent visits blocked', blocked, runs),
    '</dl>',
  ]
}
