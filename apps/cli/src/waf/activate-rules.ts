import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { askControl } from '@sevenfold/layer'
import { actor } from '../place/actor.ts'
import { control } from '../talk/control.ts'

/** Workers start one after the other, each compiles. */
const reloadTimeoutMs = 120_000
const statusTimeoutMs = 1000

/** What became of a changed rule folder. */
export type Activation = 'in force' | 'not in the configuration' | 'the edge is down'

/**
 * Lets a running edge whose configuration names this rule folder take it anew; the edge tests itself and refuses as a
 * whole. @throws CliError when it refuses.
 */
export async function activateRules(dataDir: string, folder: string): Promise<Activation> {
  const config = join(dataDir, 'edge', 'config.json')
  const names = existsSync(config) && readFileSync(config, 'utf8').includes(JSON.stringify(`crs:${folder}`))
  if (!names) return 'not in the configuration'
  const socketPath = join(dataDir, 'edge', 'control.sock')
  try {
    await askControl(socketPath, { id: randomUUID(), op: 'status', actor: actor() }, statusTimeoutMs)
  } catch {
    return 'the edge is down' // it reads the folder at its start
  }
  const reason = 'the rules changed'
  await control('edge', socketPath, { op: 'reload', actor: actor(), reason }, reloadTimeoutMs)
  return 'in force'
}
