import { CliError, exitCodes, usageError } from './cli-error.ts'
import type { Command, Listed } from './command.ts'
import { commandHelp, programHelp } from './help-text.ts'
import type { Io } from './io.ts'

const mostWords = 3

/** The command that the arguments begin with: the longest name counts, so `config check` is found before `config`. */
function find(
  listed: readonly Listed[],
  args: readonly string[],
): { entry: Listed; rest: readonly string[] } | undefined {
  for (let count = Math.min(mostWords, args.length); count > 0; count -= 1) {
    const name = args.slice(0, count).join(' ')
    const entry = listed.find((candidate) => candidate.name === name)
    if (entry !== undefined) return { entry, rest: args.slice(count) }
  }
  return undefined
}

async function unknown(listed: readonly Listed[], args: readonly string[]): Promise<CliError> {
  const { nearest } = await import('@sevenfold/config')
  const typed = args.filter((word) => !word.startsWith('-')).slice(0, 2)
  const names = listed.map(({ name }) => name)
  const near = nearest(typed.join(' '), names) ?? nearest(typed[0] ?? '', names)
  const hint = near === undefined ? 'see sevenfold --help' : `did you mean sevenfold ${near}`
  return usageError(`there is no command ${typed.join(' ')}`, hint)
}

function wantsHelp(args: readonly string[]): boolean {
  return args.length === 0 || args.includes('--help') || args.includes('-h')
}

async function runCommand(command: Command, args: readonly string[], io: Io): Promise<number> {
  const { parseCall } = await import('./parse-call.ts')
  const call = parseCall(command, args, io)
  if (!call.help) return await command.run(call)
  io.out(commandHelp(command))
  return exitCodes.ok
}

async function dispatch(listed: readonly Listed[], args: readonly string[], io: Io): Promise<number> {
  const found = find(listed, args)
  if (found !== undefined) return await runCommand(await found.entry.load(), found.rest, io)
  const [first = ''] = args
  if (first === '--version' || first === '-v') return await dispatch(listed, ['version'], io)
  const group = first.startsWith('-') ? '' : first
  const exists = group === '' || listed.some(({ name }) => name.startsWith(`${group} `))
  const rest = args.slice(group === '' ? 0 : 1)
  if (!exists || !wantsHelp(rest)) throw await unknown(listed, args)
  io.out(programHelp(listed, group))
  return exitCodes.ok
}

/** What to do about errors of the system, by their code. */
const systemHints: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room',
  EROFS: 'the file system is read-only: use another folder',
  EACCES: 'this user may not do that: use another folder or another user',
  EPERM: 'this user may not do that: use another folder or another user',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
}

function hintOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  if ('hint' in error && typeof error.hint === 'string') return error.hint
  return 'code' in error && typeof error.code === 'string' ? (systemHints[error.code] ?? '') : ''
}

/** An error as the person at the terminal sees it: what happened, then what to do. */
function report(error: unknown, io: Io): number {
  const message = error instanceof Error ? error.message : String(error)
  const hint = hintOf(error)
  io.note(`sevenfold: error: ${message.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '?')}`)
  if (hint !== '') io.note(`hint: ${hint}`)
  // Whoever wrote an error with a hint foresaw it; the rest is a fault of ours, and its place matters.
  else if (error instanceof Error && !(error instanceof CliError)) io.note(error.stack ?? '')
  return error instanceof CliError ? error.exitCode : exitCodes.environment
}

/** Runs the program with these arguments. Resolves to the exit code; never rejects. */
export async function run(listed: readonly Listed[], args: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(listed, args, io)
  } catch (error) {
    return report(error, io)
  }
}
