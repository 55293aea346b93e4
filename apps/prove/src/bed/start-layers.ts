import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyConfig, compileConfig, problemText, readConfig } from '@sevenfold/config'
import type { LayerName } from '@sevenfold/event'
import { bedConfigText } from './bed-config.ts'
import type { BedFile } from './bed-config.ts'
import { introduceParts } from './introduce-parts.ts'
import { packageEntry } from './package-entry.ts'
import { startProcess } from './start-process.ts'
import type { BedProcess } from './start-process.ts'

/** Layers that a bed puts before the application, in the order of the design. */
export const bedLayers: readonly LayerName[] = ['edge', 'detection']

/** The processes behind them, receivers of events first. */
const bedParts = ['ledger', 'detection', 'edge'] as const

async function writeConfig(folder: string, file: BedFile): Promise<void> {
  const path = join(folder, 'sevenfold.yaml')
  const text = bedConfigText(file)
  writeFileSync(path, text)
  const read = readConfig(text, path)
  if (!read.ok)
    throw new Error(`the bed's own configuration is refused: ${read.problems.map(problemText).join('; ')}`)
  await applyConfig(compileConfig(read.config, folder), () => Promise.resolve(undefined))
}

/**
 * Writes the configuration, introduces the parts to each other, and starts ledger, detection and edge, receivers
 * first. Rejects, with everything stopped again, when one does not get ready.
 */
export async function startLayers(folder: string, file: BedFile): Promise<readonly BedProcess[]> {
  await writeConfig(folder, file)
  introduceParts(file.data, bedParts)
  const started: BedProcess[] = []
  try {
    for (const part of bedParts) {
      const entry = packageEntry(part)
      if (entry === undefined) throw new Error(`${part} is not built; run npm run build`)
      started.push(await startProcess({ name: part, entry, env: { SEVENFOLD_DATA: file.data } }))
    }
    return started
  } catch (error) {
    await stopAll(started)
    throw error
  }
}

/** Stops processes in the reverse order of their start. */
export async function stopAll(processes: readonly BedProcess[]): Promise<void> {
  for (const child of processes.toReversed()) await child.stop()
}
