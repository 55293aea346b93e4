import type { Action } from './action.ts'
import { blockSession, blockUser } from './block-account.ts'
import { decision } from './decision.ts'
import { isolate } from './isolate.ts'
import { mail } from './mail.ts'
import { runCommand } from './run-command.ts'
import { snapshot } from './snapshot.ts'
import { strengthen } from './strengthen.ts'
import { ticket, webhook } from './webhook.ts'

/** Every action of playbooks. */
export const actions: readonly Action[] = [
  decision,
  strengthen,
  blockUser,
  blockSession,
  isolate,
  snapshot,
  runCommand,
  webhook,
  mail,
  ticket,
]

/** The action of a name. */
export function actionNamed(name: string): Action | undefined {
  return actions.find((action) => action.name === name)
}
