import { join, resolve } from 'node:path'
import { dataFolder } from '../place/data-folder.ts'
import { ledgerIn } from '../place/ledger-folder.ts'
import { durationOption } from '../alerts/duration-option.ts'
import { exitCodes } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { table } from '../program/table.ts'

/** Runs Sigma rules over the stored events and says what each would have matched. Resolves to 1 when any did. */
export async function runSigmaTest(call: Call): Promise<number> {
  const dataDir = await dataFolder(call)
  const segments = join(ledgerIn(dataDir), 'segments')
  const { backTest, compileRules, readRuleDocuments } = await import('@sevenfold/alerts')
  const named = [...call.texts('rules'), ...call.words]
  const folders =
    named.length === 0
      ? ['builtin']
      : named.map((path) => (path === 'builtin' ? path : resolve(call.io.cwd, path)))
  const rules = compileRules(await readRuleDocuments(folders), [])
  for (const { source, message } of rules.problems) call.io.note(`${source}: ${message}`)
  const backMs = await durationOption(call, 'last')
  const only = call.texts('rule')
  const ids = rules.set.rules
    .concat(rules.set.correlations.map(({ info }) => info))
    .filter(
      ({ id, name }) => only.length === 0 || only.includes(id) || (name !== undefined && only.includes(name)),
    )
    .map(({ id }) => id)
  const begun = performance.now()
  const result = await backTest({
    segments,
    rules,
    only: ids,
    signal: call.io.signal,
    ...(backMs === undefined ? {} : { fromMs: Date.now() - backMs }),
    onProgress: ({ events, timeMs }) =>
      call.io.note(
        `${events} events, at ${new Date(timeMs).toISOString()}, ${Math.round((performance.now() - begun) / 1000)} s`,
      ),
  })
  call.io.note(
    `${ids.length} rules over ${result.events} events in ${((performance.now() - begun) / 1000).toFixed(1)} s${result.complete ? '' : ', ended early'}`,
  )
  if (call.json) call.io.out(JSON.stringify(result))
  else if (result.hits.length === 0) call.io.out('no rule would have matched')
  else
    call.io.out(
      table(
        ['rule', 'level', 'matches', 'first match'],
        result.hits.map(({ title, level, count, samples }) => [
          title,
          level,
          String(count),
          samples[0]?.summary ?? '',
        ]),
      ),
    )
  return result.hits.length > 0 ? exitCodes.findings : exitCodes.ok
}
