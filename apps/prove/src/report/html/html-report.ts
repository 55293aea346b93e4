import { escapeHtml } from '@sevenfold/event'
import type { Proof } from '../../matrix/run-proof.ts'
import type { ReportExtras } from '../report-extras.ts'
import { availabilitySection } from './availability-section.ts'
import { changesSection } from './changes-section.ts'
import { costSection } from './cost-section.ts'
import { failureSection } from './failure-section.ts'
import { heatMap } from './heat-map.ts'
import { historySection } from './history-section.ts'
import { htmlStyles } from './html-styles.ts'
import { innocentSection } from './innocent-section.ts'
import { pointsSection } from './points-section.ts'
import { verdictSection } from './verdict-section.ts'

/**
 * The proof as one HTML page for people, which needs no other file and no script: the verdict and the single points
 * of failure first, then what remains when a layer fails, and the heat map of attack by layer. For screens from 360
 * pixels, in light and dark, and for paper.
 */
export function htmlReport(proof: Proof, extras: ReportExtras): string {
  const day = extras.date.toISOString().slice(0, 16).replace('T', ' ')
  const seed = escapeHtml(proof.document.seed)
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<title>How many layers stand? – Sevenfold proof</title>',
    `<style>${htmlStyles}</style></head><body><main>`,
    ...verdictSection(proof),
    ...pointsSection(proof),
    ...changesSection(extras.comparison),
    ...historySection(extras.history),
    ...failureSection(proof),
    ...innocentSection(proof),
    ...costSection(proof),
    ...availabilitySection(proof),
    ...heatMap(proof),
    `<footer class="quiet"><p>Made on ${day} UTC with <code>sevenfold prove --seed ${seed}</code>. `,
    'An attack counts as stopped or noticed only when a layer wrote so, under the source address or the trace of that ',
    'very attempt, and only attacks that really work on the bare application are counted.</p></footer>',
    '</main></body></html>',
    '',
  ].join('\n')
}
