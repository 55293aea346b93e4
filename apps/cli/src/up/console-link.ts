import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject } from '@sevenfold/event'
import { askSocket } from '../talk/ask-socket.ts'
import { environmentError } from '../program/cli-error.ts'

/** Asks the console for a link that logs in once within ten minutes. @throws CliError when the console does not answer. */
export async function consoleLink(dataDir: string): Promise<string> {
  const socketPath = join(dataDir, 'console', 'admin.sock')
  const answer = await askSocket({
    socketPath,
    part: 'the console',
    method: 'POST',
    path: '/v1/links',
    body: { role: 'admin' },
  })
  if (isJsonObject(answer) && typeof answer['url'] === 'string') return answer['url']
  throw environmentError('the console gave no link', 'is it of this version?')
}

/** Keeps a link out of logs: when standard output is no terminal, it goes into a file that only its owner can read. */
export function keepLink(dataDir: string, link: string): string {
  const path = join(dataDir, 'console', 'link')
  writeFileSync(path, `${link}\n`, { mode: 0o600 })
  return path
}

/** True while nobody can log in yet. */
export function hasNoUsers(dataDir: string): boolean {
  return !existsSync(join(dataDir, 'console', 'users.json'))
}
