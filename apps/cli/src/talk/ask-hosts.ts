import { existsSync } from 'node:fs'
import type { Json } from '@sevenfold/event'
import { partSocket } from '../place/data-folder.ts'
import { environmentError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { askSocket } from './ask-socket.ts'
import type { Question } from './ask-socket.ts'

/** Asks the desk of the ledger where hosts enrol. @throws CliError also when it is not configured. */
export async function askHosts(
  call: Call,
  question: Pick<Question, 'method' | 'path' | 'body'>,
): Promise<Json | undefined> {
  const socketPath = await partSocket(call, 'ledger', 'hosts.sock')
  if (!existsSync(socketPath))
    throw environmentError(
      `nothing enrols hosts here: ${socketPath} is missing`,
      'name ledger.hosts.listen in sevenfold.yaml, start with sevenfold up, and run this on the host of the ledger',
    )
  return await askSocket({ socketPath, part: 'ledger', ...question })
}
