import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { createLogger, ensurePrivateFolder, isEnrolled, startPart, systemClock } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { CliError, environmentError } from '../program/cli-error.ts'
import { openPartLog } from './part-log.ts'

/** Rethrows a lock error as what it means to a person; anything else as it is. */
function explain(error: unknown, dataDir: string): unknown {
  const locked = error instanceof Error && 'code' in error && error.code === 'LAYER_DATA_LOCKED'
  if (!locked || error instanceof CliError) return error
  const pid = /process (\d+)/.exec(error.message)?.[1] ?? 'unknown'
  return environmentError(
    `another supervisor (process ${pid}) runs on the data folder ${dataDir}`,
    'stop it with Ctrl-C in its terminal, or use another folder with --data DIR',
    error,
  )
}

/**
 * The supervisor as a part of the house: its spool is the lock of the data folder, its acts are events, and its
 * control socket takes `reload`.
 * @throws CliError when another supervisor runs on this data folder.
 */
export async function startOwnPart(
  dataDir: string,
  configDigest: string,
  hasLedger: boolean,
): Promise<PartContext<object>> {
  const logDir = join(dataDir, 'supervisor', 'logs')
  try {
    ensurePrivateFolder(join(dataDir, 'supervisor'))
    ensurePrivateFolder(logDir)
    const { fd } = openPartLog(logDir, 'supervisor')
    return await startPart({
      part: 'supervisor',
      dataDir,
      config: {},
      configDigest,
      // On another host than the ledger's it keeps its events to itself, unless it was enrolled too.
      receivers:
        hasLedger || isEnrolled(join(dataDir, 'supervisor'))
          ? [{ name: 'ledger', socketPath: join(dataDir, 'ledger', 'ingest.sock') }]
          : [],
      // The terminal belongs to the person.
      log: createLogger({
        agent: 'supervisor/main',
        clock: systemClock,
        write: (line) => void writeSync(fd, line),
      }),
    })
  } catch (error) {
    throw explain(error, dataDir)
  }
}
