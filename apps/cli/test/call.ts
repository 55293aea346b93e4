import { Readable } from 'node:stream'
import { commands } from '../src/program/commands.ts'
import { run } from '../src/program/run.ts'
import type { Printed } from './run-cli.ts'

/** Runs a command in this process. */
export async function call(args: readonly string[], cwd: string, input = ''): Promise<Printed> {
  const [out, note]: [string[], string[]] = [[], []]
  const code = await run(commands, args, {
    input: () => Readable.from([Buffer.from(input)]),
    out: (line) => void out.push(`${line}\n`),
    note: (line) => void note.push(`${line}\n`),
    isTerminal: false,
    colours: false,
    env: {},
    cwd,
    signal: new AbortController().signal,
  })
  return { stdout: out.join(''), stderr: note.join(''), code }
}
