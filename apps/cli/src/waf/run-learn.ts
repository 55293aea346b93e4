import { escapeText } from '@sevenfold/event'
import { learnExclusions } from '@sevenfold/seclang/tools'
import type { EvalRequest, Learned } from '@sevenfold/seclang/tools'
import { exitCodes, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { compileRules, readRules } from './load-rules.ts'
import { sampleFile } from './sample-file.ts'

/** More requests than this do not fit into memory as a matter of course. */
const mostRequests = 100_000
const shownIds = 5

function someOf(ids: readonly string[]): string {
  const shown = ids.slice(0, shownIds).map((id) => escapeText(id, 60))
  return ids.length > shownIds ? `${shown.join(', ')} and ${ids.length - shownIds} more` : shown.join(', ')
}

function shown(learned: Learned): string {
  const lines: string[] = []
  for (const { text, requests, letsThrough } of learned.exclusions) {
    const price = letsThrough.length === 0 ? 'lets no attack through' : `LETS THROUGH ${someOf(letsThrough)}`
    lines.push(
      `# for ${requests} request${requests === 1 ? '' : 's'}; ${price}`,
      escapeText(text.trim(), 4000),
    )
  }
  return lines.join('\n')
}

/** Proposes exclusions for a file of benign requests. Resolves to 1 when some stay blocked or attacks would pass. */
export async function runLearn(call: Call): Promise<number> {
  const benign: EvalRequest[] = []
  const attacks: EvalRequest[] = []
  const take = async (name: string, byDefault: boolean): Promise<void> => {
    for await (const sample of sampleFile(call, name)) {
      ;((sample.benign ?? byDefault) ? benign : attacks).push(sample.request)
      if (benign.length + attacks.length > mostRequests)
        throw usageError(`more than ${mostRequests} requests`, 'take a part of the traffic')
    }
  }
  for (const name of call.words) await take(name, true)
  for (const name of call.texts('attacks')) await take(name, false)
  const texts = readRules(call, 'block', [])
  const compile = (text: string) => compileRules([{ file: 'exclusions', text }, ...texts])
  const learned = learnExclusions({ benign, attacks, compile })
  const { exclusions, blocked, stillBlocked, attacksBlocked, letsThrough } = learned
  if (call.json) call.io.out(JSON.stringify({ benign: benign.length, attacks: attacks.length, ...learned }))
  else if (exclusions.length > 0) call.io.out(shown(learned))
  call.io.note(
    `${benign.length} benign requests, ${blocked} blocked; with ${exclusions.length} exclusions ${stillBlocked.length}`,
  )
  if (stillBlocked.length > 0) call.io.note(`still blocked: ${someOf(stillBlocked)}`)
  if (attacks.length > 0)
    call.io.note(
      `${attacks.length} attacks, ${attacksBlocked} blocked; with all exclusions ${attacksBlocked - letsThrough.length}`,
    )
  return stillBlocked.length + letsThrough.length === 0 ? exitCodes.ok : exitCodes.findings
}
