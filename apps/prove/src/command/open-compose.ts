import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Attack } from '../attack/attack.ts'
import type { Bed } from '../bed/bed.ts'
import { startBed } from '../bed/start-bed.ts'
import { findEngine } from '../compose/engine.ts'
import { probeAttacks } from '../compose/probe-attacks.ts'
import { startCopy } from '../compose/start-copy.ts'
import { makeProbes } from '../target/make-probes.ts'
import type { ComposeWish } from './compose-options.ts'

/** A bed around a copy of a declared system, and what to attack it with. */
export interface ComposeBed {
  readonly bed: Bed
  readonly attacks: readonly Attack[]
}

/** Builds the copy, puts the layers before it, and takes both away again at the end, also when something fails. */
export async function openCompose(wish: ComposeWish, say: (text: string) => void): Promise<ComposeBed> {
  const engine = await findEngine(wish.engine === undefined ? ['docker', 'podman'] : [wish.engine])
  const folder = mkdtempSync(join(tmpdir(), 'sevenfold-prove-'))
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true })
  const project = `sevenfold-proof-${randomBytes(4).toString('hex')}`
  try {
    const copy = await startCopy({ ...wish, engine, folder: join(folder, 'copy'), project, say })
    try {
      const bed = await startBed({ dataDir: join(folder, 'bed'), app: copy.app })
      const close = async (): Promise<void> => {
        await bed.close()
        await copy.close()
        removeFolder()
      }
      return { bed: { ...bed, close }, attacks: probeAttacks(makeProbes(wish)) }
    } catch (error) {
      await copy.close()
      throw error
    }
  } catch (error) {
    removeFolder()
    throw error
  }
}
