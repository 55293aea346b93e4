import { isJsonObject } from '@sevenfold/event'
import { durationOption } from '../alerts/duration-option.ts'
import { actor } from '../place/actor.ts'
import { placeOptions } from '../place/data-folder.ts'
import { environmentError, usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { askHosts } from '../talk/ask-hosts.ts'

const defaultTtlMs = 900_000

/** `sevenfold enrol token`. */
export const enrolToken: Command = {
  name: 'enrol token',
  summary: 'make a token with which one layer of another host can join, once and soon',
  details: 'Run on the host of the ledger, whose configuration names ledger.hosts.listen.',
  options: {
    layer: { type: 'string', value: 'LAYER', help: 'what will run there, such as edge or runtime' },
    host: { type: 'string', value: 'NAME', help: 'name of the host: small letters, digits, hyphens' },
    ttl: { type: 'string', value: 'TIME', help: 'how long the token can be used', default: '15m' },
    dataset: {
      type: 'string',
      value: 'NAME',
      help: 'dataset that the host may write; may stand several times',
      multiple: true,
      default: 'all of the layer',
    },
    ...placeOptions,
  },
  examples: ['sevenfold enrol token --layer edge --host web2 --ttl 15m'],
  run: async (call) => {
    const [layer, host] = [call.text('layer'), call.text('host')]
    if (layer === undefined || host === undefined)
      throw usageError('--layer and --host are needed', 'sevenfold enrol token --layer edge --host web2')
    const datasets = call.texts('dataset')
    const answer = await askHosts(call, {
      method: 'POST',
      path: '/v1/tokens',
      body: {
        layer,
        host,
        ttlMs: (await durationOption(call, 'ttl')) ?? defaultTtlMs,
        actor: actor(),
        ...(datasets.length === 0 ? {} : { datasets }),
      },
    })
    const token = isJsonObject(answer) ? answer['token'] : undefined
    const expires = isJsonObject(answer) ? answer['expires'] : undefined
    if (typeof token !== 'string' || typeof expires !== 'string')
      throw environmentError('the ledger did not answer as agreed', 'is it of this version?')
    call.io.out(call.json ? JSON.stringify(answer) : token)
    if (!call.json) call.io.note(`works once, until ${expires}; on ${host}: sevenfold enrol TOKEN`)
    return 0
  },
}
