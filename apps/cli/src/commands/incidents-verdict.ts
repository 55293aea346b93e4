import { isJsonObject } from '@sevenfold/event'
import type { Json } from '@sevenfold/event'
import { askAlerts } from '../alerts/ask-alerts.ts'
import { durationOption } from '../alerts/duration-option.ts'
import { objectsAt } from '../alerts/json-list.ts'
import { actor } from '../place/actor.ts'
import { placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { usageError } from '../program/cli-error.ts'
import type { Call, Command } from '../program/command.ts'

function printPreview(call: Call, preview: Json | undefined): void {
  if (!isJsonObject(preview)) return
  const number = (key: string): string => fieldText(preview, key) ?? '0'
  call.io.out(
    `over the last week (${number('events')} events${preview['complete'] === true ? '' : ', not all of it'}) the filter would have hidden ${number('hidden')} matches and left ${number('kept')}`,
  )
  for (const sample of objectsAt(preview, 'samples'))
    call.io.out(`  ${fieldText(sample, 'time') ?? ''}  ${fieldText(sample, 'summary') ?? ''}`)
}

/** `sevenfold incidents verdict`. */
export const incidentsVerdict: Command = {
  name: 'incidents verdict',
  summary: 'say what an incident was; benign and noise write a Sigma filter with an end',
  details: `The filter names the rules by their id, so it survives their updates. What it would have hidden in the last week is shown
before; --dry-run only shows it. By default benign hides the rule for the actors of this incident, noise the rule.`,
  words: { name: 'ID VERDICT', help: 'id of an incident, and true, benign or noise', min: 2, max: 2 },
  options: {
    reason: { type: 'string', value: 'TEXT', help: 'why; it is recorded and stands in the filter' },
    scope: { type: 'string', value: 'SCOPE', help: 'what the filter hides: entity, site or rule' },
    for: { type: 'string', value: 'TIME', help: 'how long the filter holds', default: '30d' },
    'dry-run': { type: 'boolean', help: 'only show what the filter would have hidden' },
    ...placeOptions,
  },
  examples: [
    'sevenfold incidents verdict inc-0001 true --reason "account taken over"',
    'sevenfold incidents verdict inc-0002 benign --reason "our own scanner" --for 7d --dry-run',
  ],
  run: async (call) => {
    const [id = '', verdict = ''] = call.words
    const reason = call.text('reason')
    if (reason === undefined) throw usageError('--reason is missing', 'say why, in a few words')
    const durationMs = await durationOption(call, 'for')
    const scope = call.text('scope')
    const answer = await askAlerts(call, {
      method: 'POST',
      path: `incidents/${encodeURIComponent(id)}/verdict`,
      body: {
        verdict,
        reason,
        actor: actor(),
        dryRun: call.flag('dry-run'),
        ...(scope === undefined ? {} : { scope }),
        ...(durationMs === undefined ? {} : { durationMs }),
      },
    })
    if (!isJsonObject(answer))
      throw usageError(`there is no incident ${id}`, 'sevenfold incidents list --state all shows all')
    if (call.json) call.io.out(JSON.stringify(answer))
    else {
      printPreview(call, answer['preview'])
      const filter = answer['filter']
      const end = isJsonObject(filter)
        ? `; filter ${fieldText(filter, 'id') ?? ''} until ${fieldText(filter, 'expires') ?? ''}`
        : ''
      call.io.out(call.flag('dry-run') ? 'nothing was changed' : `${id} is ${verdict}${end}`)
    }
    return 0
  },
}
