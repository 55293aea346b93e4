import { askAlerts } from '../alerts/ask-alerts.ts'
import { objectsAt } from '../alerts/json-list.ts'
import { actor } from '../place/actor.ts'
import { placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'

const columns = ['id', 'title', 'incident', 'expires', 'author', 'reason'] as const

/** `sevenfold incidents filters`. */
export const incidentsFilters: Command = {
  name: 'incidents filters',
  summary: 'show what verdicts hide and until when, or take one back',
  options: { remove: { type: 'string', value: 'ID', help: 'take this filter back' }, ...placeOptions },
  examples: ['sevenfold incidents filters', 'sevenfold incidents filters --remove 3f0c…'],
  run: async (call) => {
    const id = call.text('remove')
    if (id !== undefined) {
      const path = `filters/${encodeURIComponent(id)}`
      const answer = await askAlerts(call, { method: 'DELETE', path, body: { actor: actor() } })
      if (answer === undefined)
        throw usageError(`there is no filter ${id}`, 'sevenfold incidents filters shows all')
      call.io.out(call.json ? JSON.stringify(answer) : `filter ${id} is gone`)
      return 0
    }
    const filters = objectsAt(await askAlerts(call, { path: 'filters' }), 'filters')
    if (call.json) call.io.out(JSON.stringify(filters))
    else if (filters.length === 0) call.io.out('nothing is hidden')
    else
      call.io.out(
        table(
          columns,
          filters.map((filter) => columns.map((key) => fieldText(filter, key) ?? '')),
        ),
      )
    return 0
  },
}
