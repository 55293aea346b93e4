import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Harness } from './harness.ts'

interface Row {
  readonly kind: 'attack' | 'benign'
  readonly id: string
  readonly worked: boolean
  readonly status: number
}

/** What one variant did with the attacks and the innocent requests. */
export interface Detection {
  readonly attacks: number
  readonly stopped: number
  readonly benign: number
  readonly benignRight: number
  /** Requests without an answer: the process ended under them. */
  readonly unanswered: number
  readonly missed: readonly string[]
}

/** Runs every case against a fresh process. */
export function runDetection(harness: Harness, name: string): Detection {
  const out = join(harness.folder, `${name}.json`)
  execFileSync(process.execPath, ['detect.mjs', name, out], {
    cwd: harness.folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 300_000,
  })
  const rows = JSON.parse(readFileSync(out, 'utf8')) as readonly Row[]
  const attacks = rows.filter(({ kind }) => kind === 'attack')
  const benign = rows.filter(({ kind }) => kind === 'benign')
  return {
    attacks: attacks.length,
    stopped: attacks.filter(({ worked }) => !worked).length,
    benign: benign.length,
    benignRight: benign.filter(({ worked }) => worked).length,
    unanswered: rows.filter(({ status }) => status === 0).length,
    missed: attacks.filter(({ worked }) => worked).map(({ id }) => id),
  }
}
