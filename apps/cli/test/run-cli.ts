import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What a call of the built program printed. */
export interface Printed {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

/** The built program, as people start it. */
export const program: string = fileURLToPath(new URL('../bin/sevenfold.mjs', import.meta.url))

/** Runs the built program to its end. */
export function runCli(
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string> },
): Promise<Printed> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: options.cwd,
      env: { PATH: process.env['PATH'], ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.once('error', reject)
    child.once('close', (code) => resolve({ stdout, stderr, code }))
  })
}
