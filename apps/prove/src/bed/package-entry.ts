import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/** Packages with a process that a bed starts; each is looked up by its literal name, so that tools see the dependency. */
const entries: Readonly<Record<'shop' | 'ledger' | 'detection' | 'edge' | 'runtime', () => string>> = {
  shop: () => require.resolve('@sevenfold/shop'),
  ledger: () => require.resolve('@sevenfold/ledger'),
  detection: () => require.resolve('@sevenfold/detection'),
  edge: () => require.resolve('@sevenfold/edge'),
  runtime: () => require.resolve('@sevenfold/runtime'),
}

/** A package with a process that a bed starts. */
export type BedPart = keyof typeof entries

function packageFolder(entry: string): string {
  let folder = dirname(entry)
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/**
 * The built process entry of a package, `<package>/dist/main.js`, also when this file runs from source; undefined
 * when the package is not there or is not built.
 */
export function packageEntry(part: BedPart): string | undefined {
  try {
    const entry = join(packageFolder(entries[part]()), 'dist', 'main.js')
    return existsSync(entry) ? entry : undefined
  } catch {
    return undefined
  }
}

/** The agent's built entry for `node --import`, beside the forwarder's; undefined when one of them is not built. */
export function agentEntry(): string | undefined {
  const forwarder = packageEntry('runtime')
  const register = forwarder === undefined ? undefined : join(dirname(forwarder), 'register.js')
  return register !== undefined && existsSync(register) ? register : undefined
}
