import { isPartName } from '@sevenfold/event'
import { fill } from '../scope.ts'
import { checkTexts, refuse, setting } from './action.ts'
import type { Action } from './action.ts'

/**
 * Makes a layer, or one of its sites, stricter. A playbook never weakens: what it strengthened only a person takes back.
 *
 * `mode: { part: edge, site: shop, mode: enforce }`
 */
export const strengthen: Action = {
  name: 'mode',
  canUndo: false,
  check: (settings, path) => {
    checkTexts(settings, path, { needed: ['part', 'mode'], optional: ['site'] })
    if (!isPartName(setting(settings, 'part'))) refuse(`${path}.part`, 'is no part')
    if (!['monitor', 'enforce'].includes(setting(settings, 'mode')))
      refuse(`${path}.mode`, 'is monitor or enforce: a playbook may strengthen only')
  },
  describe: ({ settings, scope }) => {
    const site = fill(setting(settings, 'site'), scope)
    return [
      `set ${setting(settings, 'part')}${site === '' ? '' : ` on ${site}`} to ${setting(settings, 'mode')}`,
    ]
  },
  run: async ({ settings, scope }, reach) => {
    const site = fill(setting(settings, 'site'), scope)
    const [part, mode] = [
      setting(settings, 'part'),
      setting(settings, 'mode') === 'monitor' ? 'monitor' : 'enforce',
    ] as const
    await reach.strengthen(part, mode, site === '' ? undefined : site)
    return { text: `${part}${site === '' ? '' : ` on ${site}`} is ${mode}` }
  },
}
