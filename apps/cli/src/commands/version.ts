import { readFileSync } from 'node:fs'
import type { Command } from '../program/command.ts'

/** Version of the program, from its package. */
export function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { version: string } // our own package.json
  return version
}

/** `sevenfold version`. */
export const version: Command = {
  name: 'version',
  summary: 'print the versions of sevenfold and node',
  examples: ['sevenfold version'],
  run: async ({ io, json }) => {
    const versions = { sevenfold: ownVersion(), node: process.versions.node }
    io.out(json ? JSON.stringify(versions) : `sevenfold ${versions.sevenfold} (node ${versions.node})`)
    return 0
  },
}
