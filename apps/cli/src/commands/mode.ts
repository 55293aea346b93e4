import { isPartName } from '@sevenfold/event'
import { actor } from '../place/actor.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

type Mode = 'off' | 'monitor' | 'enforce'

function isMode(text: string): text is Mode {
  return text === 'off' || text === 'monitor' || text === 'enforce'
}

/** `sevenfold mode`. */
export const mode: Command = {
  name: 'mode',
  summary: 'set the mode of a layer, or of one of its sites, while it runs',
  details:
    'off, monitor (judge and record, never act) or enforce. It holds until the next change; it is recorded.',
  words: { name: 'PART MODE', help: 'for example edge monitor', min: 2, max: 2 },
  options: {
    site: { type: 'string', value: 'SITE', help: 'only on this site' },
    host: {
      type: 'string',
      value: 'NAME',
      help: 'on an enrolled host; from here a mode can only be strengthened',
    },
    reason: { type: 'string', value: 'TEXT', help: 'why; it is recorded' },
    ...placeOptions,
  },
  examples: ['sevenfold mode edge monitor --site shop --reason "false alarms since 14:00"'],
  exits: { 1: 'the part refused' },
  run: async (call) => {
    const [part = '', wanted = ''] = call.words
    if (!isPartName(part)) throw usageError(`there is no part ${part}`, 'sevenfold status shows all')
    if (!isMode(wanted)) throw usageError(`there is no mode ${wanted}`, 'modes are off, monitor, enforce')
    const [site, reason, host] = [call.text('site'), call.text('reason'), call.text('host')]
    const wish = {
      op: 'mode' as const,
      mode: wanted,
      actor: actor(),
      ...(site === undefined ? {} : { site }),
      ...(reason === undefined ? {} : { reason }),
    }
    const { control, controlHost } = await import('../talk/control.ts')
    const result =
      host === undefined
        ? await control(part, await partSocket(call, part, 'control.sock'), wish)
        : await controlHost(call, { host, layer: part }, wish)
    call.io.out(
      call.json
        ? JSON.stringify(result ?? null)
        : `${part}${site === undefined ? '' : ` on ${site}`}: ${wanted}`,
    )
    return 0
  },
}
