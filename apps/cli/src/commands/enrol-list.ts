import { isJsonObject } from '@sevenfold/event'
import { placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { environmentError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'
import { askHosts } from '../talk/ask-hosts.ts'

const columns = ['host', 'layer', 'state', 'enrolled', 'renewed', 'certificateEnds'] as const

/** `sevenfold enrol list`. */
export const enrolList: Command = {
  name: 'enrol list',
  summary: 'show which hosts are enrolled, until when, and which tokens are open',
  options: placeOptions,
  examples: ['sevenfold enrol list'],
  run: async (call) => {
    const answer = await askHosts(call, { path: '/v1/hosts' })
    if (!isJsonObject(answer))
      throw environmentError('the ledger did not answer as agreed', 'is it of this version?')
    if (call.json) {
      call.io.out(JSON.stringify(answer))
      return 0
    }
    const listOf = (key: string) => {
      const value = answer[key]
      return (Array.isArray(value) ? value : []).filter(isJsonObject)
    }
    const hosts = listOf('hosts')
    call.io.out(
      hosts.length === 0
        ? 'no hosts; make a token with sevenfold enrol token --layer edge --host NAME'
        : table(
            columns,
            hosts.map((host) => columns.map((name) => fieldText(host, name) ?? '')),
          ),
    )
    for (const token of listOf('tokens'))
      call.io.out(
        `open token: ${fieldText(token, 'layer') ?? ''} on ${fieldText(token, 'host') ?? ''}, until ${fieldText(token, 'expires') ?? ''}`,
      )
    call.io.note(`fingerprint of the root certificate: ${fieldText(answer, 'fingerprint') ?? ''}`)
    return 0
  },
}
