import { isJsonObject } from '@sevenfold/event'
import { actor } from '../place/actor.ts'
import { placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { environmentError, usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { askHosts } from '../talk/ask-hosts.ts'

/** `sevenfold enrol revoke`. */
export const enrolRevoke: Command = {
  name: 'enrol revoke',
  summary: 'end the membership of a host, or of one of its layers, within seconds',
  details: 'Its connections are cut and its certificates refused. It can come back with a new token only.',
  words: { name: 'HOST', help: 'name of the host', min: 1, max: 1 },
  options: {
    layer: { type: 'string', value: 'LAYER', help: 'only this layer', default: 'all of the host' },
    reason: { type: 'string', value: 'TEXT', help: 'why, for the record' },
    ...placeOptions,
  },
  examples: ['sevenfold enrol revoke web2 --reason "sold"'],
  run: async (call) => {
    const [host = ''] = call.words
    const [layer, reason] = [call.text('layer'), call.text('reason')]
    const answer = await askHosts(call, {
      method: 'POST',
      path: '/v1/revoke',
      body: {
        host,
        actor: actor(),
        ...(layer === undefined ? {} : { layer }),
        ...(reason === undefined ? {} : { reason }),
      },
    })
    if (answer === undefined) throw usageError(`no host ${host} is enrolled`, 'see sevenfold enrol list')
    const revoked = isJsonObject(answer) ? answer['revoked'] : undefined
    if (!Array.isArray(revoked))
      throw environmentError('the ledger did not answer as agreed', 'is it of this version?')
    if (call.json) call.io.out(JSON.stringify(answer))
    else
      for (const one of revoked.filter(isJsonObject))
        call.io.out(`${fieldText(one, 'layer') ?? ''} on ${fieldText(one, 'host') ?? ''} is revoked`)
    return 0
  },
}
