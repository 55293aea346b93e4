import { execFile } from 'node:child_process'

/** A program that answers the commands of `docker`, `podman` for instance. */
export interface Engine {
  readonly program: string
  /** Runs `<program> <args>`; gives what it printed. Rejects with its last words. */
  run(args: readonly string[], timeoutMs: number): Promise<string>
}

/** Longest wait for a question, and for building and starting a system, in milliseconds. */
export const engineTimeouts = { ask: 20_000, up: 600_000, down: 60_000 } as const

/** Most bytes that a command may print. */
const maxOutputBytes: number = 8 << 20
const lastWords = 600

/** An engine by the name or path of its program. */
export function engineOf(program: string): Engine {
  return {
    program,
    run: (args, timeout) =>
      new Promise((resolve, reject) => {
        execFile(
          program,
          [...args],
          { timeout, maxBuffer: maxOutputBytes, encoding: 'utf8' },
          (error, stdout, stderr) => {
            if (error === null) {
              resolve(stdout)
              return
            }
            const words = stderr.trim().slice(-lastWords)
            reject(
              new Error(
                `${program} ${args.slice(0, 3).join(' ')} failed: ${words === '' ? error.message : words}`,
              ),
            )
          },
        )
      }),
  }
}

/** The first program that is installed and whose engine answers; rejects with what each of them said. */
export async function findEngine(programs: readonly string[]): Promise<Engine> {
  const failures: string[] = []
  for (const engine of programs.map(engineOf)) {
    try {
      await engine.run(['info'], engineTimeouts.ask)
      await engine.run(['compose', 'version'], engineTimeouts.ask)
      return engine
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new Error(
    `no container engine answers (${failures.join('; ')}); start docker or podman, with compose`,
  )
}
