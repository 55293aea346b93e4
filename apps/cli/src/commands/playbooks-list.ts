import { askAlerts } from '../alerts/ask-alerts.ts'
import { objectsAt } from '../alerts/json-list.ts'
import { placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'

/** `sevenfold playbooks list`. */
export const playbooksList: Command = {
  name: 'playbooks list',
  summary: 'show playbooks, what they run on, and their last runs',
  options: { ...placeOptions },
  examples: ['sevenfold playbooks list'],
  exits: { 1: 'a playbook cannot be used, or a run waits for approval' },
  run: async (call) => {
    const answer = await askAlerts(call, { path: 'playbooks' })
    const runsAnswer = await askAlerts(call, { path: 'runs' })
    const [books, problems, runs] = [
      objectsAt(answer, 'playbooks'),
      objectsAt(answer, 'problems'),
      objectsAt(runsAnswer, 'runs'),
    ]
    for (const problem of problems)
      call.io.note(`${fieldText(problem, 'source') ?? ''}: ${fieldText(problem, 'message') ?? ''}`)
    const waiting = runs.some((run) => run['state'] === 'waiting')
    if (call.json) call.io.out(JSON.stringify({ playbooks: books, problems, runs }))
    else {
      if (books.length === 0)
        call.io.out('no playbooks; name folders with playbooks.folders in sevenfold.yaml')
      else
        call.io.out(
          table(
            ['playbook', 'approval', 'actions', 'title'],
            books.map((book) => [
              fieldText(book, 'name') ?? '',
              book['approval'] === true ? 'a person' : 'none',
              objectsAt(book, 'steps')
                .map((step) => fieldText(step, 'action') ?? '')
                .join(' '),
              fieldText(book, 'title') ?? '',
            ]),
          ),
        )
      if (runs.length > 0)
        call.io.out(
          `\n${table(
            ['run', 'playbook', 'incident', 'state', 'started'],
            runs
              .slice(0, 20)
              .map((run) =>
                ['id', 'playbook', 'incident', 'state', 'started'].map((key) => fieldText(run, key) ?? ''),
              ),
          )}`,
        )
    }
    return problems.length > 0 || waiting ? 1 : 0
  },
}
