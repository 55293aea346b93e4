import type { Json } from '@sevenfold/event'
import { partSocket } from '../place/data-folder.ts'
import type { Call } from '../program/command.ts'
import { askSocket } from '../talk/ask-socket.ts'

/** An order to the alerts process; without a method it is a question. */
export interface AlertsQuestion {
  readonly path: string
  readonly method?: 'POST' | 'DELETE'
  readonly body?: Readonly<Record<string, Json>>
}

/** Asks the alerts process. Undefined when what the path names does not exist. @throws CliError. */
export async function askAlerts(call: Call, question: AlertsQuestion): Promise<Json | undefined> {
  const socketPath = await partSocket(call, 'alerts', 'api.sock')
  return await askSocket({ socketPath, part: 'alerts', ...question, path: `/v1/${question.path}` })
}
