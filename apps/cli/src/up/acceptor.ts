import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { configDigest } from '@sevenfold/config'
import type { Accept } from '@sevenfold/config'
import { isJsonObject } from '@sevenfold/event'
import { actor } from '../place/actor.ts'
import { fieldText } from '../place/field-text.ts'
import { control } from '../talk/control.ts'
import type { Supervisor } from './supervisor.ts'

/**
 * Parts that take a new configuration while they serve, and read the files again that it names (rules, keys, documents);
 * the others are started again when their configuration changed, which visitors do not notice.
 */
export const reloadsInPlace: ReadonlySet<string> = new Set(['edge'])

/** What a part says that it runs with, or why it does not. A part falls back to its last good configuration by itself. */
async function inForce(part: string, folder: string): Promise<string | undefined> {
  const status = await control(part, join(folder, 'control.sock'), { op: 'status', actor: actor() })
  const digest = isJsonObject(status) ? fieldText(status, 'heartbeat.config') : undefined
  const wanted = configDigest(readFileSync(join(folder, 'config.json'), 'utf8'))
  return digest === wanted ? undefined : 'it went on with its last good configuration; its log says why'
}

/** The edge replaces its workers one by one, and each finishes its requests first. */
const reloadTimeoutMs = 60_000

/** Makes running parts take their new `config.json`; one that does not run will read it when it starts. */
export function acceptor(dataDir: string, supervisor: Supervisor): Accept {
  return async (part) => {
    if (supervisor.status().find(({ name }) => name === part)?.state !== 'ready') return undefined
    const folder = join(dataDir, part)
    try {
      if (reloadsInPlace.has(part)) {
        const reason = 'the configuration changed'
        const ask = { op: 'reload', actor: 'supervisor', reason } as const
        await control(part, join(folder, 'control.sock'), ask, reloadTimeoutMs)
      } else await supervisor.restart(part)
      return await inForce(part, folder)
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}
