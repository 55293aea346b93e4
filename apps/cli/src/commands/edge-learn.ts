import { dataFolder, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { ledgerEvents } from '../place/ledger-events.ts'
import { isOfSite, siteOption } from '../place/site-option.ts'
import { exitCodes } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold edge learn`. */
export const edgeLearn: Command = {
  name: 'edge learn',
  summary: 'draft an OpenAPI document from the requests that a site answered well',
  details:
    'Reads the access events of the ledger with a status below 400. Bodies are in no event: what they look like is for a person to add.',
  options: { ...siteOption, ...placeOptions },
  examples: ['sevenfold edge learn --site shop > openapi.json'],
  exits: { 1: 'the ledger has no such request' },
  run: async (call) => {
    const dataDir = await dataFolder(call)
    const { SchemaLearner } = await import('@sevenfold/edge')
    const learner = new SchemaLearner()
    for await (const { event } of ledgerEvents(dataDir, { holding: '"kind":"access"' })) {
      const status = Number(fieldText(event, 'http.response.status_code') ?? 0)
      const isGood = status >= 200 && status < 400 && fieldText(event, 'sevenfold.layer') === 'edge'
      if (!isGood || !isOfSite(call, event)) continue
      const path = fieldText(event, 'url.path') ?? '/'
      if (path.startsWith('/.sevenfold/')) continue
      const method = fieldText(event, 'http.request.method') ?? 'GET'
      learner.add({ method, path, query: fieldText(event, 'url.query') ?? '' })
    }
    const more = learner.dropped === 0 ? '' : `, ${learner.dropped} left out: too many different paths`
    call.io.note(`sevenfold: learned from ${learner.seen} requests${more}`)
    call.io.out(JSON.stringify(learner.document(call.text('site') ?? 'site'), undefined, 2))
    return learner.seen > 0 ? exitCodes.ok : exitCodes.findings
  },
}
