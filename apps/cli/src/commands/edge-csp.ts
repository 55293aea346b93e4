import { dataFolder, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { ledgerEvents } from '../place/ledger-events.ts'
import { isOfSite, siteOption } from '../place/site-option.ts'
import { exitCodes } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

const usual = "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'self'"

/** `sevenfold edge csp`. */
export const edgeCsp: Command = {
  name: 'edge csp',
  summary: 'propose a Content-Security-Policy from what browsers reported',
  details:
    'Reads the reports that sites with headers.csp.mode report collected. Anybody can send a report: read the proposal before you use it.',
  options: {
    ...siteOption,
    policy: { type: 'string', value: 'TEXT', help: 'policy to begin with', default: usual },
    ...placeOptions,
  },
  examples: ['sevenfold edge csp --site shop'],
  exits: { 1: 'the proposal would let injected scripts run' },
  run: async (call) => {
    const dataDir = await dataFolder(call)
    const { cspControl, cspProposal } = await import('@sevenfold/edge')
    const resources = new Set<string>()
    for await (const { event } of ledgerEvents(dataDir, { holding: cspControl })) {
      const isReport = fieldText(event, 'sevenfold.finding.control') === cspControl
      const resource = fieldText(event, 'sevenfold.finding.resource')
      if (isReport && resource !== undefined && isOfSite(call, event)) resources.add(resource)
    }
    const proposal = cspProposal(call.text('policy') ?? usual, [...resources])
    if (call.json) call.io.out(JSON.stringify({ ...proposal, reports: [...resources] }))
    else {
      call.io.note(`sevenfold: from ${resources.size} different reports`)
      for (const warning of proposal.warnings) call.io.note(`warning: ${warning}`)
      call.io.out(proposal.policy)
    }
    return proposal.warnings.length === 0 ? exitCodes.ok : exitCodes.findings
  },
}
