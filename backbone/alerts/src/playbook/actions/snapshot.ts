import { checkTexts } from './action.ts'
import type { Action } from './action.ts'

/**
 * Writes what is known of the incident now into the ledger, where nobody can change it afterwards.
 *
 * `snapshot: {}`
 */
export const snapshot: Action = {
  name: 'snapshot',
  canUndo: false,
  check: (settings, path) => checkTexts(settings, path, { needed: [] }),
  describe: ({ scope }) => [`write the evidence of ${scope.incident} into the ledger`],
  run: ({ scope }, reach) => {
    reach.record(JSON.stringify(scope.texts), scope)
    return Promise.resolve({ text: 'evidence written' })
  },
}
