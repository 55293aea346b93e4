import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyConfig, compileConfig, problemText, readConfig } from '@sevenfold/config'
import type { LayerName } from '@sevenfold/event'
import { bedConfigText } from './bed-config.ts'
import type { BedFile } from './bed-config.ts'
import { introduceParts } from './introduce-parts.ts'
import { packageEntry } from './package-entry.ts'
import type { BedPart } from './package-entry.ts'
import { startProcess } from './start-process.ts'
import type { BedProcess } from './start-process.ts'

/** The processes behind layers, receivers of events first. */
function partsOf(layers: readonly LayerName[]): readonly Exclude<BedPart, 'shop'>[] {
  return layers.includes('runtime')
    ? ['ledger', 'detection', 'runtime', 'edge']
    : ['ledger', 'detection', 'edge']
}

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
 * Writes the configuration, introduces the parts to each other, and starts ledger, detection, the forwarder of
 * the runtime layer when that is one of `layers`, and edge. Rejects, with everything stopped again, when one does not get ready.
 */
export async function startLayers(
  folder: string,
  file: BedFile,
  layers: readonly LayerName[],
): Promise<readonly BedProcess[]> {
  const parts = partsOf(layers)
  await writeConfig(folder, file)
  introduceParts(file.data, parts)
  const started: BedProcess[] = []
  try {
    for (const part of parts) {
      const entry = packageEntry(part)
      if (entry === undefined) throw new Error(`${part} is not built; run npm run build`)
      started.push(
        await startProcess({
          name: part,
          entry,
          env: { SEVENFOLD_DATA: file.data },
          handsOver: part === 'edge',
        }),
      )
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
