import { escapeHtml } from '@sevenfold/event'
import type { JudgedCell } from '../../matrix/judge.ts'
import { judgesAlone } from '../../matrix/make-document.ts'
import type { AttackRow } from '../../matrix/make-document.ts'
import type { Proof } from '../../matrix/run-proof.ts'
import { cellText } from '../cell-text.ts'
import { depthMark, starText } from '../shared-depth.ts'

const marks = { stopped: '■', detected: '◐', missed: '–' } as const

function cell(judged: JudgedCell | undefined, isAlone: boolean): string {
  const outcome = judged?.outcome ?? 'missed'
  const why = judged?.reasons.slice(0, 3).join('; ') ?? ''
  const title = why === '' ? '' : ` title="${escapeHtml(why)}"`
  const long = escapeHtml(cellText(judged))
  return `<td class="${isAlone ? 'alone ' : ''}${outcome}"${title}><span class="long">${long}</span><span class="short" aria-label="${outcome}">${marks[outcome]}</span></td>`
}

function depth(row: AttackRow, proof: Proof): string {
  const count = judgesAlone(row, proof.plan).length
  return `<td class="${count === 0 ? 'zero' : count === 1 ? 'single' : 'more'}"><strong>${depthMark(row, proof)}</strong></td>`
}

function rowText(row: AttackRow, proof: Proof): string {
  const { id, title, cwe, technique } = row.attack
  const columns = [...proof.plan.alone.values(), proof.plan.all]
  const head = `<th scope="row" title="CWE-${cwe}, ${escapeHtml(technique)}"><code>${escapeHtml(id)}</code><span class="title">${escapeHtml(title)}</span></th>`
  if (!row.valid)
    return `<tr>${head}<td colspan="${columns.length + 1}" class="missed">does not work with no layer</td></tr>`
  return `<tr>${head}${columns.map(({ name }) => cell(row.cells.get(name), name !== proof.plan.all.name)).join('')}${depth(row, proof)}</tr>`
}

function sharedText(proof: Proof): string {
  const text = starText(proof)
  return text === undefined ? '' : ` * ${escapeHtml(text)}.`
}

function scaleText({ document: { drillScale } }: Proof): string {
  return drillScale === undefined
    ? ''
    : ` Attacks on the backbone ran last, in a house of their own whose intervals were divided by ${drillScale}.`
}

/** Attack by layer: each layer alone, all together, and the depth. */
export function heatMap(proof: Proof): readonly string[] {
  if (proof.plan.layers.length === 0) return []
  const names = [...proof.plan.alone.keys(), 'all']
  const classes = [...new Set(proof.rows.map((row) => row.attack.class))]
  const head = (name: string): string => `<th scope="col" class="num tall"><span>${name}</span></th>`
  return [
    '<h2 class="page">Attack by layer</h2>',
    '<p class="key quiet"><span class="stopped">■ stopped</span><span class="detected">◐ seen, after seconds</span><span class="alone missed">– neither, alone</span><span class="missed">– neither, with all</span>',
    `Depth: how many layers stop or notice the attack alone.${sharedText(proof)}${scaleText(proof)}</p>`,
    '<table class="map"><colgroup><col class="name">',
    `${names.map(() => '<col class="cell">').join('')}<col class="depth"></colgroup>`,
    `<thead><tr><th scope="col">attack</th>${names.map(head).join('')}${head('depth')}</tr></thead>`,
    ...classes.map((name) => {
      const rows = proof.rows.filter((row) => row.attack.class === name)
      const title = `<tr><th scope="rowgroup" colspan="${names.length + 2}">${escapeHtml(name.replaceAll('-', ' '))}</th></tr>`
      return `<tbody>${title}${rows.map((row) => rowText(row, proof)).join('')}</tbody>`
    }),
    '</table>',
  ]
}
