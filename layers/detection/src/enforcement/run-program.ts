import { spawn } from 'node:child_process'

/** A program and its arguments; never a shell. */
export interface Program {
  readonly argv: readonly string[]
  /** Written to its standard input. */
  readonly input: string
  readonly timeoutMs: number
}

/** Characters of what a program says that are kept for the report of its failure. */
const maxSaid = 2_000
/** How long its last words are waited for after its exit: what it started may keep its output open for ever. */
const lastWordsMs = 250

/**
 * Runs a program to its end. Resolves when it exited with 0; rejects with what it said otherwise, and kills it when it
 * takes too long. Its environment holds the path and nothing else: our secrets are none of its business.
 */
export function runProgram({ argv, input, timeoutMs }: Program): Promise<void> {
  const [program = '', ...rest] = argv
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    let said = ''
    child.stderr.setEncoding('utf8')
    child.stderr.on('data', (chunk: string) => {
      if (said.length < maxSaid) said = (said + chunk).slice(0, maxSaid)
    })
    child.on('error', reject)
    child.on('exit', () => void setTimeout(() => child.stderr.destroy(), lastWordsMs).unref())
    child.on('close', (code, signal) => {
      if (code === 0) return resolve()
      const how = signal === null ? `exited with ${code ?? '?'}` : `was ended by ${signal}`
      reject(new Error(`${program} ${how}${said === '' ? '' : `: ${said.trim()}`}`))
    })
    child.stdin.on('error', () => undefined) // it closed its input; its exit says what that means
    child.stdin.end(input)
  })
}
