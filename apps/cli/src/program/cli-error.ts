/** Exit codes of every command. */
export const exitCodes = {
  /** Fine. */
  ok: 0,
  /** It worked, and found something: problems, blocked requests, a failed proof. */
  findings: 1,
  /** The command was called wrongly. */
  usage: 2,
  /** The surroundings do not let it work: nothing runs, a port is taken, a folder cannot be written. */
  environment: 3,
} as const

/** One of the exit codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** A message for the person at the terminal: what happened, and in `hint` what to do. Lower case, no full stop. */
export class CliError extends Error {
  readonly exitCode: ExitCode
  readonly hint: string
  constructor(exitCode: ExitCode, message: string, hint: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'CliError'
    this.exitCode = exitCode
    this.hint = hint
  }
}

/** The command was called wrongly. */
export function usageError(message: string, hint: string): CliError {
  return new CliError(exitCodes.usage, message, hint)
}

/** The surroundings do not let the command work. */
export function environmentError(message: string, hint: string, cause?: unknown): CliError {
  return new CliError(exitCodes.environment, message, hint, { cause })
}
