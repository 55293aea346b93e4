import type { JsonObject } from '@sevenfold/event'
import type { Call, OptionSpec } from '../program/command.ts'
import { fieldText } from './field-text.ts'

/** Option of commands that look at the events of one site. */
export const siteOption: Readonly<Record<'site', OptionSpec>> = {
  site: { type: 'string', value: 'NAME', help: 'site whose events count', default: 'every site' },
}

/** True for events of the site that a command was asked about. */
export function isOfSite(call: Call, event: JsonObject): boolean {
  const wanted = call.text('site')
  return wanted === undefined || fieldText(event, 'sevenfold.site') === wanted
}
