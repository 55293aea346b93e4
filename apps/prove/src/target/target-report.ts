import { outcomeOf } from './run-target.ts'
import type { TargetProof, TargetRow } from './run-target.ts'
import { tokenDigest } from './scope.ts'

function judgesText(row: TargetRow, proof: TargetProof): string {
  if (row.judges.length > 0) return [...new Set(row.judges.map(({ column }) => column))].join(', ')
  if (outcomeOf(row) !== 'stopped') return ''
  return proof.isLedgerRead ? 'by the answer only' : 'not known: no ledger here'
}

function outcomeText(row: TargetRow): string {
  return row.isTwinServed ? outcomeOf(row) : 'no verdict: the innocent twin is refused too'
}

/** What was allowed and what was done, in sentences; the same in every form of the report. */
export function scopeLines(proof: TargetProof): readonly string[] {
  const { scope } = proof
  const posts = scope.post === undefined ? 'no bodies were sent' : `bodies only to ${scope.post}`
  return [
    `Site: ${scope.url.origin}; listed hosts: ${scope.allowedHosts.join(', ')}.`,
    `Leave: the token ${tokenDigest(scope.token)}… (digest), served by the site itself, asked for again every 20 requests.`,
    `Sent: ${proof.requests} requests from ${new Date(proof.startedAt).toISOString()}, at most ${scope.rate} a second; parameters to ${scope.page}; ${posts}; redirects were not followed.`,
    'Left out: everything that changes, takes, floods or guesses, and every layer switched off: only the column "all" can be known from outside.',
    ...(proof.isStopped ? ['Stopped by hand before the end: probes that are missing were not sent.'] : []),
  ]
}

function totals(proof: TargetProof): string {
  const valid = proof.rows.filter((row) => row.isTwinServed)
  const count = (wanted: string): number => valid.filter((row) => outcomeOf(row) === wanted).length
  return `${valid.length} attacks with a verdict: ${count('stopped')} stopped, ${count('detected')} detected, ${count('missed')} missed.`
}

/** The findings for a terminal. */
export function targetTerminal(proof: TargetProof): string {
  const lines = proof.rows.map((row) =>
    `  ${row.probe.id.padEnd(28)}${String(row.status || 'closed').padEnd(8)}${outcomeText(row).padEnd(12)}${judgesText(row, proof)}`.trimEnd(),
  )
  return [
    `  ${'attack'.padEnd(28)}${'status'.padEnd(8)}${'outcome'.padEnd(12)}judged by`,
    ...lines,
    '',
    totals(proof),
    '',
    'Scope',
    ...scopeLines(proof).map((line) => `  ${line}`),
    '',
  ].join('\n')
}

/** Characters that mean something in Markdown stand for themselves. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\|<>`*_[\]]/g, String.raw`\$&`)
}

/** The findings as Markdown. */
export function targetMarkdown(proof: TargetProof): string {
  return [
    totals(proof),
    '',
    '| attack | class | CWE | status | outcome | judged by |',
    '| --- | --- | ---: | ---: | --- | --- |',
    ...proof.rows.map(
      (row) =>
        `| ${row.probe.title} | ${row.probe.class} | ${row.probe.cwe} | ${row.status || 'closed'} | ${outcomeText(row)} | ${judgesText(row, proof)} |`,
    ),
    '',
    '## Scope',
    '',
    ...scopeLines(proof).map((line) => `- ${escapeMarkdown(line)}`),
    '',
  ].join('\n')
}
