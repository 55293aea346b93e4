import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { environmentError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { dataFolder } from './data-folder.ts'

/** Folder of the ledger in a data folder. @throws CliError when there is none. */
export function ledgerIn(dataDir: string): string {
  const folder = join(dataDir, 'ledger')
  if (existsSync(join(folder, 'segments'))) return folder
  throw environmentError(
    `there is no ledger in ${dataDir}`,
    'start with sevenfold up, or name the folder with --data',
  )
}

/** Folder of the ledger that a command is about. @throws CliError when there is none. */
export async function ledgerFolder(call: Call): Promise<string> {
  return ledgerIn(await dataFolder(call))
}
