import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Facilities, GeoFacility } from '@sevenfold/behaviour'
import { GoTime } from '@sevenfold/behaviour'
import { openDataFolder, openHubFolder, readHub } from '@sevenfold/detection/hub'
import type { HubRuleFiles } from '@sevenfold/detection/hub'
import { usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'

/** Rules and what they need, as a call asks for them. */
export interface ChosenHub extends HubRuleFiles {
  readonly facilities: Facilities
  readonly labels: Map<string, string>
  readonly backend: 'generate' | 'closures'
}

function labelsOf(call: Call): Map<string, string> {
  const labels = new Map<string, string>()
  for (const label of call.texts('label')) {
    const colon = label.indexOf(':')
    if (colon < 1) throw usageError(`${label} is no label`, 'labels are written KEY:VALUE')
    labels.set(label.slice(0, colon), label.slice(colon + 1))
  }
  const type = call.text('type')
  if (type === undefined) throw usageError('the type of the log is missing', 'for example --type nginx')
  return labels.set('type', type)
}

/** Loads the rules that a call names. Throws a CliError for a call that names none. */
export function chooseHub(call: Call, geo?: GeoFacility): ChosenHub {
  const folder = call.text('hub')
  if (folder === undefined)
    throw usageError('the folder of the hub is missing', 'for example --hub /etc/crowdsec')
  const root = resolve(call.io.cwd, folder)
  if (!existsSync(root))
    throw usageError(`there is no folder ${root}`, 'give a copy of the hub, or /etc/crowdsec')
  const data = call.text('data')
  const files = openDataFolder(data === undefined ? join(root, 'data') : resolve(call.io.cwd, data))
  const labels = labelsOf(call)
  return {
    ...readHub(openHubFolder(root), call.texts('collection')),
    labels,
    backend: call.flag('closures') ? 'closures' : 'generate',
    facilities: {
      now: () => new GoTime(Date.now()),
      files,
      ...(geo === undefined ? {} : { geo }),
    },
  }
}
