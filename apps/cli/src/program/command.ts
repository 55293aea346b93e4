import type { Io } from './io.ts'

/** One option of a command. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean'
  /** Name of the value in the help, such as `FILE`. */
  readonly value?: string
  readonly help: string
  readonly short?: string
  /** May stand several times. */
  readonly multiple?: boolean
  /** In the help only; the command fills it in. */
  readonly default?: string
}

/** The words after the command. */
export interface WordsSpec {
  /** As in the usage line, such as `FILE` or `ADDRESS…`. */
  readonly name: string
  readonly help: string
  readonly min: number
  readonly max: number
}

/** What a command was called with. */
export interface Call {
  readonly words: readonly string[]
  /** Every command knows `--json`. */
  readonly json: boolean
  text(option: string): string | undefined
  texts(option: string): readonly string[]
  flag(option: string): boolean
  readonly io: Io
}

/** One command: parse arguments, call a package, print. */
export interface Command {
  /** As typed, such as `config check`. */
  readonly name: string
  /** What it does, one line. */
  readonly summary: string
  /** More, where one line is not enough. */
  readonly details?: string
  readonly words?: WordsSpec
  readonly options?: Readonly<Record<string, OptionSpec>>
  /** At least one call that works as it stands. */
  readonly examples: readonly string[]
  /** What codes other than the usual mean here. */
  readonly exits?: Readonly<Record<number, string>>
  /** Resolves to the exit code. */
  run(call: Call): Promise<number>
}

/** A command as the start knows it: enough for `sevenfold --help` without loading any. */
export interface Listed {
  readonly name: string
  readonly summary: string
  load(): Promise<Command>
}
