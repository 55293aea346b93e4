import { askAlerts } from '../alerts/ask-alerts.ts'
import { durationOption } from '../alerts/duration-option.ts'
import { objectsAt } from '../alerts/json-list.ts'
import { actor } from '../place/actor.ts'
import { placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { usageError } from '../program/cli-error.ts'
import type { Call, Command } from '../program/command.ts'
import { table } from '../program/table.ts'

const columns = ['id', 'part', 'kind', 'until', 'actor', 'reason'] as const

async function show(call: Call): Promise<number> {
  const answer = await askAlerts(call, { path: 'silences' })
  if (call.json) {
    call.io.out(JSON.stringify(answer))
    return 0
  }
  const planned = objectsAt(answer, 'planned')
  if (planned.length === 0) call.io.out('no silence is planned')
  else
    call.io.out(
      table(
        columns,
        planned.map((one) => columns.map((key) => fieldText(one, key) ?? '')),
      ),
    )
  const active = objectsAt(answer, 'active')
  if (active.length > 0)
    call.io.out(
      `\n${table(
        ['silent now', 'part', 'what'],
        active.map((one) => ['kind', 'part', 'message'].map((key) => fieldText(one, key) ?? '')),
      )}`,
    )
  return 0
}

async function plan(call: Call, part: string): Promise<number> {
  const [durationMs, reason, kind] = [
    await durationOption(call, 'for'),
    call.text('reason'),
    call.text('kind'),
  ]
  if (durationMs === undefined || reason === undefined)
    throw usageError('--for and --reason are missing', 'for example --for 30m --reason "new kernel"')
  const answer = await askAlerts(call, {
    method: 'POST',
    path: 'silences',
    body: { part, durationMs, reason, actor: actor(), ...(kind === undefined ? {} : { kind }) },
  })
  call.io.out(
    call.json ? JSON.stringify(answer) : `the silence of ${part} is planned; sevenfold silence plan shows it`,
  )
  return 0
}

/** `sevenfold silence plan`. */
export const silencePlan: Command = {
  name: 'silence plan',
  summary: 'announce that a part will be silent, so that nobody is woken; or show what is announced',
  details: `Without --part it shows what is planned and what is silent now. A planned silence covers heartbeats, logs, canaries and
counters of the part until its end. It never covers a ledger that was rolled back.`,
  options: {
    part: { type: 'string', value: 'PART', help: 'for example edge' },
    for: { type: 'string', value: 'TIME', help: 'for how long, at most 7d' },
    reason: { type: 'string', value: 'TEXT', help: 'why; it is recorded' },
    kind: { type: 'string', value: 'KIND', help: 'only this kind, for example dark or canary' },
    end: { type: 'string', value: 'ID', help: 'end a planned silence now' },
    ...placeOptions,
  },
  examples: ['sevenfold silence plan', 'sevenfold silence plan --part edge --for 30m --reason "new kernel"'],
  run: async (call) => {
    const [part, end] = [call.text('part'), call.text('end')]
    if (end !== undefined) {
      const path = `silences/${encodeURIComponent(end)}`
      const answer = await askAlerts(call, { method: 'DELETE', path, body: { actor: actor() } })
      if (answer === undefined)
        throw usageError(`there is no planned silence ${end}`, 'sevenfold silence plan shows all')
      call.io.out(call.json ? JSON.stringify(answer) : `planned silence ${end} is over`)
      return 0
    }
    return part === undefined ? await show(call) : await plan(call, part)
  },
}
