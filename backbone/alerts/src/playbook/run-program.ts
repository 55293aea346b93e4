import { spawn } from 'node:child_process'
import { AlertsError } from '../alerts-error.ts'
import type { Program } from './actions/action.ts'

/** A program may take this long, in milliseconds, and say so much, in characters. */
export const programLimits: { readonly timeoutMs: number; readonly maxOutput: number } = {
  timeoutMs: 30_000,
  maxOutput: 16_384,
}

/** Runs a program without a shell and with nothing of our environment but the path. Rejects when it fails. */
export function runProgram({ argv, input }: Program): Promise<string> {
  const [file = '', ...args] = argv
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      shell: false,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin' },
      timeout: programLimits.timeoutMs,
      killSignal: 'SIGKILL',
    })
    let output = ''
    const take = (chunk: string): void => {
      if (output.length < programLimits.maxOutput)
        output += chunk.slice(0, programLimits.maxOutput - output.length)
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    child.stdin.on('error', () => undefined) // it did not read its input; its exit code tells
    child.on('error', (error) =>
      reject(new AlertsError('ALERTS_REFUSED', `${file} cannot be started`, error)),
    )
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output.trim())
      else
        reject(
          new AlertsError(
            'ALERTS_REFUSED',
            `${file} ended with ${signal ?? String(code)}: ${output.slice(0, 200)}`,
          ),
        )
    })
    child.stdin.end(input ?? '')
  })
}
