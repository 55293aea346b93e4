import { escapeText } from '@sevenfold/event'
import { dataFolder, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { ledgerEvents } from '../place/ledger-events.ts'
import { isOfSite, siteOption } from '../place/site-option.ts'
import { exitCodes } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'

const shownRows = 100

/** `sevenfold edge drift`. */
export const edgeDrift: Command = {
  name: 'edge drift',
  summary: 'show where the traffic of a site and its OpenAPI document differ',
  details:
    'Reads what the step schema refused, or would have refused in monitor mode. What many clients do stands first: it is more likely a gap in the document than an attack.',
  options: { ...siteOption, ...placeOptions },
  examples: ['sevenfold edge drift --site shop'],
  exits: { 1: 'they differ' },
  run: async (call) => {
    const dataDir = await dataFolder(call)
    const { DriftReport } = await import('@sevenfold/edge')
    const report = new DriftReport()
    for await (const { event } of ledgerEvents(dataDir, { holding: '"step":"schema"' })) {
      if (fieldText(event, 'sevenfold.judgement.step') !== 'schema' || !isOfSite(call, event)) continue
      report.add({
        rule: fieldText(event, 'rule.id') ?? '',
        message: fieldText(event, 'rule.name') ?? '',
        method: fieldText(event, 'http.request.method') ?? '',
        path: fieldText(event, 'url.path') ?? '',
        time: fieldText(event, '@timestamp') ?? '',
        client: fieldText(event, 'source.ip') ?? '',
        count: Math.max(1, Number(fieldText(event, 'sevenfold.repeat.count') ?? 1)),
      })
    }
    const drifts = report.list()
    if (call.json) call.io.out(JSON.stringify({ drifts }))
    else if (drifts.length === 0) call.io.note('sevenfold: nothing differs')
    else {
      const rows = drifts
        .slice(0, shownRows)
        .map(({ clients, count, method, path, rule, message }) =>
          [String(clients), String(count), `${method} ${path}`, rule, message].map((text) =>
            escapeText(text, 80),
          ),
        )
      call.io.out(table(['clients', 'requests', 'request', 'rule', 'what'], rows))
    }
    return drifts.length === 0 ? exitCodes.ok : exitCodes.findings
  },
}
